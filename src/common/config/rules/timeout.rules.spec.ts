import { describe, expect, it } from 'vitest';
import { isVelocityError } from '../../errors/index.js';
import { resolveService, validateDesired } from '../desired-state.validator.js';
import type { DefaultsInput, ServiceInput } from '../schema.js';

function issuesOf(service: Omit<ServiceInput, 'name'>, defaults: DefaultsInput = {}): string[] {
  try {
    validateDesired({ trustedProxies: [], defaults, services: [{ name: 'shop', ...service }] });
  } catch (error) {
    if (!isVelocityError(error, 'CONFIG_INVALID')) throw error;
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe('an order of timeouts that cannot work', () => {
  it.each(['connect', 'body', 'response', 'responseIdle'])(
    'is refused: %s above the whole exchange',
    (key) => {
      expect(issuesOf({ timeouts: { [key]: '20s', request: '10s' } })).toEqual([
        `services[0].timeouts.${key}: 20s can never be reached, as the whole exchange (request) may take 10s: write at most 10s, or a longer request`,
      ]);
      expect(issuesOf({ timeouts: { [key]: '10s', request: '10s' } })).toEqual([]);
      expect(issuesOf({ timeouts: { [key]: '20s', request: 'off' } })).toEqual([]);
    },
  );

  it('is found over what is inherited, and reported where it was written', () => {
    expect(issuesOf({ timeouts: { request: '5s' } }, { timeouts: { response: '20s' } })).toEqual([
      'services[0].timeouts.request: 5s for the whole exchange is shorter than the response of 20s that applies here: write a response of at most 5s as well',
    ]);
    expect(issuesOf({ timeouts: { body: '1s' } }, { timeouts: { response: '20s', request: '5s' } })).toEqual([
      'defaults.timeouts.response: 20s can never be reached, as the whole exchange (request) may take 5s: write at most 5s, or a longer request',
    ]);
  });

  it('is not what a built-in default makes of it: that gives way', () => {
    expect(issuesOf({ timeouts: { request: '1s' } })).toEqual([]);
  });

  it('is found in an override, with what it leaves out', () => {
    const overrides = [{ path: '/reports/**', timeouts: { response: '5m' } }];
    expect(issuesOf({ timeouts: { request: '1m' }, overrides })).toEqual([
      'services[0].overrides[0].timeouts.response: 5m can never be reached, as the whole exchange (request) may take 1m: write at most 1m, or a longer request',
    ]);
  });
});

describe('an override', () => {
  it('is refused where it changes nothing, or never applies', () => {
    const retries = { attempts: 0 };
    expect(
      issuesOf({
        paths: ['/shop'],
        overrides: [
          { path: '/shop/*' },
          { path: '/blog/**', retries },
          { path: '/shop/a/**', retries },
          { method: 'POST', path: '/shop/a/b', retries },
          { method: 'POST', path: '/shop/**', retries },
          { method: 'GET', path: '/shop/b', retries },
        ],
      }),
    ).toEqual([
      'services[0].overrides[0]: changes nothing: write timeouts or retries, or remove it',
      'services[0].overrides[1].path: "/blog/**" can never match: the service serves only paths below "/shop"',
      'services[0].overrides[3].path: "/shop/a/b" is never asked: item 2 ("/shop/a/**") applies to all of it already. Put it before that one',
      'services[0].overrides[5].path: "/shop/b" is never asked: item 0 ("/shop/*") applies to all of it already. Put it before that one',
    ]);
  });

  it('has complete settings: its own, else those of the service, of the defaults, the built-in', () => {
    const service: ServiceInput = {
      name: 'shop',
      timeouts: { response: '5s' },
      retries: { attempts: 4 },
      overrides: [
        { method: 'GET', path: '/a', timeouts: { body: '7s' } },
        { path: '/b', retries: { attempts: 1 } },
      ],
    };
    const { timeouts, retries, policies } = resolveService(service, { timeouts: { connect: '1s' } });
    expect(policies.overrides.rules).toEqual([
      { method: 'GET', path: '/a', timeouts: { ...timeouts, bodyMs: 7_000 }, retries },
      { method: '', path: '/b', timeouts, retries: { ...retries, attempts: 1 } },
    ]);
    expect(timeouts).toMatchObject({ connectMs: 1_000, responseMs: 5_000, responseIdleMs: 60_000 });
  });
});
