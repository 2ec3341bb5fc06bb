import { describe, expect, it } from 'vitest';
import type { ScalingInput } from '../../common/config/index.js';
import { changeLines } from './change-lines.js';
import type { DesiredState } from './desired-state.js';
import { withStoredSecrets } from './stored-secrets.js';

const SECRET = 'MARKED-secret';

function stateWith(headers: Record<string, string>, defaults: DesiredState['defaults'] = {}): DesiredState {
  const services = [{ name: 'shop', health: { type: 'http' as const, headers } }, { name: 'other' }];
  return { trustedProxies: [], defaults, services };
}

describe('*** in a header that holds a secret', () => {
  it('becomes the stored value again, and nothing else changes', () => {
    const stored = stateWith({ authorization: SECRET, accept: 'a' });
    const next = stateWith({ authorization: '***', accept: '***' });
    expect(withStoredSecrets(next, stored)).toEqual(stateWith({ authorization: SECRET, accept: '***' }));
  });

  it('does so in the defaults, too', () => {
    const stored = stateWith({}, { health: { headers: { 'x-api-key': SECRET } } });
    const next = stateWith({}, { health: { headers: { 'x-api-key': '***' }, interval: '1s' } });
    expect(withStoredSecrets(next, stored).defaults).toEqual({
      health: { headers: { 'x-api-key': SECRET }, interval: '1s' },
    });
  });

  it('shares everything when there is none', () => {
    const next = stateWith({ authorization: 'new' });
    expect(withStoredSecrets(next, stateWith({ authorization: SECRET }))).toBe(next);
  });

  it.each([
    [
      'a service that is new',
      stateWith({ authorization: '***' }),
      undefined,
      'services[0].health.headers.authorization',
    ],
    [
      'a header that is new',
      stateWith({ cookie: '***' }),
      stateWith({ authorization: SECRET }),
      'services[0].health.headers.cookie',
    ],
  ])('is refused for %s', (_, next, stored, path) => {
    expect(() => withStoredSecrets(next, stored)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', issues: [expect.objectContaining({ path })] }),
    );
    expect(() => withStoredSecrets(next, stored, false)).toThrow(
      expect.objectContaining({
        issues: [expect.objectContaining({ path: path.replace('services[0].', '') })],
      }),
    );
  });
});

describe('*** in what copies are started with', () => {
  const WEBHOOK = { url: 'https://scaler.test/', secret: SECRET };
  const scaled = (scaling: ScalingInput): DesiredState => ({
    trustedProxies: [],
    defaults: {},
    services: [{ name: 'shop', scaling }],
  });
  const process = (env: Record<string, string>) =>
    scaled({ process: { command: 'node', ports: '9200-9299', env } });

  it('becomes the stored value again, of a variable with a telling name and of a webhook', () => {
    const stored = process({ DB_PASSWORD: SECRET, MODE: 'a' });
    expect(withStoredSecrets(process({ DB_PASSWORD: '***', MODE: '***' }), stored)).toEqual(
      process({ DB_PASSWORD: SECRET, MODE: '***' }),
    );
    expect(
      withStoredSecrets(
        scaled({ webhook: { ...WEBHOOK, secret: '***' }, max: 3 }),
        scaled({ webhook: WEBHOOK }),
      ),
    ).toEqual(scaled({ webhook: WEBHOOK, max: 3 }));
  });

  it.each([
    ['a variable that is new', process({ TOKEN: '***' }), process({}), 'scaling.process.env.TOKEN'],
    [
      'another driver',
      scaled({ webhook: { ...WEBHOOK, secret: '***' } }),
      process({}),
      'scaling.webhook.secret',
    ],
  ])('is refused for %s', (_, next, stored, path) => {
    expect(() => withStoredSecrets(next, stored, false)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', issues: [expect.objectContaining({ path })] }),
    );
  });

  it('stands for all values in the lines of changes', () => {
    const lines = [
      ...changeLines(process({ MODE: SECRET }), process({ MODE: `${SECRET}2` })),
      ...changeLines(process({}), scaled({ webhook: WEBHOOK })),
      ...changeLines(scaled({ webhook: WEBHOOK }), scaled({ webhook: { ...WEBHOOK, secret: `${SECRET}2` } })),
    ];
    expect(lines).toContain('service shop: scaling.process.env.MODE *** -> ***');
    expect(lines).toContain('service shop: scaling.webhook.secret *** -> ***');
    expect(lines.join()).not.toContain(SECRET);
  });
});

describe('changes of headers of health checks', () => {
  const before = stateWith({ authorization: SECRET, 'x-plain': SECRET });
  const service = (health: object | undefined): DesiredState => ({
    trustedProxies: [],
    defaults: {},
    services: [{ name: 'shop', ...(health === undefined ? {} : { health }) }, { name: 'other' }],
  });

  it.each([
    [
      before,
      stateWith({ authorization: `${SECRET}2`, 'x-plain': SECRET }),
      ['service shop: health.headers.authorization *** -> ***'],
    ],
    [before, stateWith({ authorization: SECRET }), ['service shop: health.headers.x-plain *** -> (default)']],
    [
      before,
      service({ type: 'http' }),
      ['service shop: health.headers {"authorization":"***","x-plain":"***"} -> (default)'],
    ],
    [
      before,
      service(undefined),
      ['service shop: health {"type":"http","headers":{"authorization":"***","x-plain":"***"}} -> (default)'],
    ],
    [
      service({ type: 'http', path: '/a' }),
      service({ type: 'http', path: '/b' }),
      ['service shop: health.path /a -> /b'],
    ],
  ])('name them without their values', (from, to, lines) => {
    expect(changeLines(from, to)).toEqual(lines);
  });

  it('do so in the defaults, too', () => {
    const lines = changeLines(
      stateWith({}),
      stateWith({}, { health: { headers: { authorization: SECRET } } }),
    );
    expect(lines).toEqual(['defaults: health (default) -> {"headers":{"authorization":"***"}}']);
  });
});
