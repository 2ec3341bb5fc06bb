import { assert, property, shuffledSubarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineContainer } from '../../../common/docker/index.js';
import { findingsOf } from './container.findings.js';

const INSIDE = { network: null, prefersPublished: false };
const OUTSIDE = { network: null, prefersPublished: true };
let made = 0;

function container(labels: Record<string, string>, more: Partial<EngineContainer> = {}): EngineContainer {
  const number = ++made;
  return {
    id: number.toString(16).padStart(64, '0'),
    name: `c${number}`,
    labels: { 'velocity.service': 'shop', ...labels },
    state: 'running',
    status: 'Up',
    health: 'none',
    createdAt: number * 1_000,
    ports: [{ inside: 8080, outside: null }],
    addresses: { web: `10.0.0.${number}` },
    ...more,
  };
}

const urls = (containers: EngineContainer[], reach: Parameters<typeof findingsOf>[1] = INSIDE) =>
  findingsOf(containers, reach).backends.map(({ backend }) => backend.url);
const messages = (containers: EngineContainer[], reach: Parameters<typeof findingsOf>[1] = INSIDE) =>
  findingsOf(containers, reach).problems.map(({ message }) => message);

describe('findings of containers', () => {
  it('are backends with their settings and the place where they were found', () => {
    const one = container({ 'velocity.weight': '2' });
    expect(findingsOf([one], INSIDE)).toEqual({
      backends: [
        {
          service: 'shop',
          backend: { url: `http://${one.addresses['web']}:8080`, weight: 2 },
          place: `container ${one.name} (000000000000)`,
        },
      ],
      services: [],
      problems: [],
    });
  });

  it('take the only exposed port, and ask when there are several or none', () => {
    const ports = [
      { inside: 443, outside: null },
      { inside: 80, outside: null },
    ];
    expect(messages([container({}, { ports })])).toEqual([
      expect.stringContaining('several ports (80, 443)'),
    ]);
    expect(messages([container({}, { ports: [] })])).toEqual([
      expect.stringContaining('exposes no TCP port'),
    ]);
    expect(urls([container({ 'velocity.port': '443', 'velocity.scheme': 'https' }, { ports })])).toEqual([
      expect.stringMatching(/^https:.*:443$/),
    ]);
    // Published on IPv4 and IPv6, it is one port still.
    const twice = ['0.0.0.0', '::'].map((host) => ({ inside: 80, outside: { host, port: 32_768 } }));
    expect(urls([container({}, { ports: twice })], OUTSIDE)).toEqual(['http://127.0.0.1:32768']);
  });

  it('take the address of the named network, or the first one', () => {
    const addresses = { b: '10.2.0.1', a: '10.1.0.1', none: '' };
    const named = (network: string) => ({ network, prefersPublished: true });
    expect(urls([container({}, { addresses })])).toEqual(['http://10.1.0.1:8080']);
    expect(urls([container({}, { addresses })], named('b'))).toEqual(['http://10.2.0.1:8080']);
    expect(messages([container({}, { addresses })], named('c'))).toEqual([
      'has no address on the network "c" (`discovery.docker.network`)',
    ]);
    expect(urls([container({}, { addresses: { six: 'fd00::5' } })])).toEqual(['http://[fd00::5]:8080']);
  });

  it('outside of containers prefer a published port, and know the network of the machine', () => {
    const ports = [{ inside: 8080, outside: { host: '192.0.2.7', port: 32_768 } }];
    expect(urls([container({}, { ports })], OUTSIDE)).toEqual(['http://192.0.2.7:32768']);
    expect(urls([container({}, { ports })])).toEqual([expect.stringContaining('http://10.')]);
    const onHost = { ports: [], addresses: { host: '' } };
    expect(urls([container({ 'velocity.port': '80' }, onHost)], OUTSIDE)).toEqual(['http://127.0.0.1:80']);
    expect(messages([container({ 'velocity.port': '80' }, onHost)])).toEqual([
      'has no address on any network',
    ]);
  });

  it('are not there before a health check passes, and say when it fails', () => {
    expect(findingsOf([container({}, { health: 'starting' })], INSIDE)).toEqual({
      backends: [],
      services: [],
      problems: [],
    });
    expect(urls([container({}, { health: 'healthy' })])).toHaveLength(1);
    expect(urls([container({}, { health: 'unhealthy' })])).toEqual([]);
    expect(messages([container({}, { health: 'unhealthy' })])).toEqual([
      expect.stringContaining('is unhealthy'),
    ]);
  });

  it('describe a service by who says something; the oldest counts, and another word is a problem', () => {
    const old = container({ 'velocity.hosts': 'shop.test,www.shop.test' });
    const agreeing = container({ 'velocity.hosts': 'www.shop.test,shop.test', 'velocity.paths': '/shop' });
    const silent = container({});
    const other = container({ 'velocity.hosts': 'store.test' });
    const findings = findingsOf([other, silent, agreeing, old], INSIDE);
    expect(findings.services).toEqual([
      {
        name: 'shop',
        hosts: ['shop.test', 'www.shop.test'],
        paths: ['/shop'],
        place: expect.stringContaining(old.name),
      },
    ]);
    expect(findings.backends).toHaveLength(4);
    expect(findings.problems).toEqual([
      {
        place: expect.stringContaining(`container ${other.name} `),
        message: expect.stringMatching(
          /`velocity\.hosts` says store\.test, but container .* shop\.test, www\.shop\.test/,
        ),
      },
    ]);
    expect(findingsOf([other], INSIDE).services[0]?.hosts).toEqual(['store.test']);
  });

  it('list an address once', () => {
    const addresses = { web: '10.9.9.9' };
    const both = [container({}, { addresses }), container({}, { addresses })];
    expect(urls(both)).toHaveLength(1);
    expect(messages(both)).toEqual([expect.stringContaining('a backend is listed once')]);
  });

  it('leave out what the driver manages and what has no label', () => {
    expect(findingsOf([container({ 'velocity.managed': 'a/shop' })], INSIDE).backends).toEqual([]);
    const foreign = { ...container({}), labels: { team: 'shop' } };
    expect(findingsOf([foreign], INSIDE)).toEqual({ backends: [], services: [], problems: [] });
  });

  it('are the same in whatever order the engine lists', () => {
    const all = [
      container({ 'velocity.hosts': 'a.test' }),
      container({ 'velocity.hosts': 'b.test' }, { createdAt: 5_000 }),
      container({ 'velocity.paths': '/x', 'velocity.port': '?' }, { createdAt: 5_000 }),
      container({ 'velocity.weight': '1' }),
    ];
    const expected = findingsOf(all, INSIDE);
    assert(
      property(shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(findingsOf(shuffled, INSIDE)).toEqual(expected);
      }),
    );
  });
});
