import { expect, it } from 'vitest';
import {
  BalancerFixture,
  seededRandom,
  serviceSnapshot,
  snapshotOf,
} from '../../../test/support/balancer.fixture.js';
import { Balancer } from './balancer.js';

type Route = readonly [hosts: string[], paths: string[]];

/** Services named by their index. */
function balancerOf(routes: readonly Route[]): Balancer {
  const services = routes.map(([hosts, paths], slot) =>
    serviceSnapshot({ name: String(slot), slot, hosts, paths }),
  );
  const balancer = new Balancer(new BalancerFixture(services).memory, 0);
  balancer.use(snapshotOf(services));
  return balancer;
}

function routed(balancer: Balancer, host: string, path: string): string | null {
  return balancer.route(host, path)?.snapshot.name ?? null;
}

it.each([
  ['/api', '0'],
  ['/api/', '0'],
  ['/api/x', '0'],
  ['/apix', null],
  ['/API', null],
  ['/%61pi', null],
  ['/ap', null],
  ['/', null],
  ['//api', null],
])('/api matches whole segments of the raw path: %s', (path, expected) => {
  expect(routed(balancerOf([[[], ['/api']]]), 'any', path)).toBe(expected);
});

it('takes the longest path prefix, ignores a trailing slash, and lets / match everything', () => {
  const balancer = balancerOf([
    [[], ['/']],
    [[], ['/a']],
    [[], ['/a/b/']],
  ]);
  expect(routed(balancer, 'h', '/a/b')).toBe('2');
  expect(routed(balancer, 'h', '/a/b/c')).toBe('2');
  expect(routed(balancer, 'h', '/a/bc')).toBe('1');
  expect(routed(balancer, 'h', '/x')).toBe('0');
  expect(routed(balancer, 'h', '*')).toBe('0');
});

it('prefers the exact host, then the longest wildcard, then any host', () => {
  const balancer = balancerOf([
    [[], ['/']],
    [['*.shop.test'], ['/']],
    [['*.eu.shop.test'], ['/']],
    [['www.eu.shop.test', '[::1]'], ['/']],
  ]);
  expect(routed(balancer, 'www.eu.shop.test', '/')).toBe('3');
  expect(routed(balancer, '[::1]', '/')).toBe('3');
  expect(routed(balancer, 'a.b.eu.shop.test', '/')).toBe('2');
  expect(routed(balancer, 'eu.shop.test', '/')).toBe('1');
  expect(routed(balancer, 'shop.test', '/')).toBe('0');
  expect(routed(balancer, '.shop.test', '/')).toBe('0');
  expect(routed(balancer, 'badshop.test', '/')).toBe('0');
  expect(routed(balancer, '', '/')).toBe('0');
});

it('goes on to the less specific host when the path does not match', () => {
  const balancer = balancerOf([
    [['a.shop.test'], ['/api']],
    [['*.shop.test'], ['/static']],
    [[], ['/']],
  ]);
  expect(routed(balancer, 'a.shop.test', '/api/1')).toBe('0');
  expect(routed(balancer, 'a.shop.test', '/static/1')).toBe('1');
  expect(routed(balancer, 'a.shop.test', '/other')).toBe('2');
});

it('answers null for what nobody serves', () => {
  expect(routed(balancerOf([[['a.test'], ['/']]]), 'b.test', '/')).toBeNull();
  expect(routed(balancerOf([]), 'b.test', '/')).toBeNull();
});

/** How good a service's best match is: host kind, suffix length and path length in this order; -1: none. */
function score([hosts, paths]: Route, host: string, path: string): number {
  const hostScores = (hosts.length === 0 ? [''] : hosts).map((pattern) => {
    if (pattern === '') return 0;
    if (!pattern.startsWith('*.')) return pattern === host ? 1e6 : -1;
    const isBelow = host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
    return isBelow ? pattern.length * 1000 : -1;
  });
  const pathScores = paths.map((prefix) => {
    const bare = prefix.replace(/\/+$/, '');
    return bare === '' || path === bare || path.startsWith(`${bare}/`) ? bare.length : -1;
  });
  const best = [Math.max(...hostScores), Math.max(...pathScores)];
  return best[0]! < 0 || best[1]! < 0 ? -1 : best[0]! + best[1]!;
}

it('agrees with trying every route of random tables', () => {
  const random = seededRandom(11);
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const some = <T>(list: readonly T[], most: number): T[] => [
    ...new Set(Array.from({ length: Math.floor(random() * (most + 1)) }, () => any(list))),
  ];
  const labels = ['a', 'b', 'shop'];
  const name = () => Array.from({ length: 1 + Math.floor(random() * 4) }, () => any(labels)).join('.');
  const path = () =>
    `/${Array.from({ length: Math.floor(random() * 4) }, () => any(['x', 'xy', 'y', ''])).join('/')}`;
  for (let round = 0; round < 200; round++) {
    const names = Array.from({ length: 8 }, () => (random() < 0.5 ? `*.${name()}` : name()));
    const taken = new Set<string>();
    // One service per host and path, as validation guarantees.
    const routes: Route[] = Array.from({ length: 12 }, (): Route => {
      const hosts = some(names, 2);
      const paths = [path(), path()].filter((prefix) =>
        (hosts.length === 0 ? [''] : hosts).every(
          (host) => !taken.has(`${host} ${prefix.replace(/\/+$/, '')}`),
        ),
      );
      for (const host of hosts.length === 0 ? [''] : hosts) {
        for (const prefix of paths) taken.add(`${host} ${prefix.replace(/\/+$/, '')}`);
      }
      return [hosts, paths];
    });
    const balancer = balancerOf(routes);
    for (let request = 0; request < 100; request++) {
      const [host, asked] = [random() < 0.5 ? any(names).replace('*', 'b') : name(), path()];
      const scores = routes.map((route) => score(route, host, asked));
      const best = Math.max(...scores);
      const expected = best < 0 ? null : String(scores.indexOf(best));
      expect(routed(balancer, host, asked), `${host} ${asked} in ${JSON.stringify(routes)}`).toBe(expected);
    }
  }
});
