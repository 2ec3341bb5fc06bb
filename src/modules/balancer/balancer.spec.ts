import { describe, expect, it, vi } from 'vitest';
import { ALGORITHM_NAMES, type BackendSnapshot, type ServiceSnapshot } from '../../common/contract/index.js';
import {
  algorithmSettings,
  backendSnapshot,
  balancedService,
  BalancerFixture,
  seededRandom,
  serviceSnapshot,
  snapshotOf,
  TestContext,
} from '../../../test/support/balancer.fixture.js';
import type { BackendRuntime } from './backend-runtime.js';
import { Balancer } from './balancer.js';

function twoServices(): ServiceSnapshot[] {
  return [
    serviceSnapshot({
      name: 'shop',
      slot: 0,
      hosts: ['shop.test'],
      backends: [backendSnapshot(0), backendSnapshot(1)],
    }),
    serviceSnapshot({ name: 'blog', slot: 1, hosts: ['blog.test'], backends: [backendSnapshot(2)] }),
  ];
}

function renew(service: ServiceSnapshot, settings: Partial<ServiceSnapshot>): ServiceSnapshot {
  const { fingerprint: _before, ...same } = service;
  return serviceSnapshot({ ...same, ...settings });
}

function running(services: readonly ServiceSnapshot[]) {
  const fixture = new BalancerFixture(services);
  const balancer = new Balancer(fixture.memory, 0);
  balancer.use(snapshotOf(services));
  const removed = vi.fn<(backends: readonly BackendRuntime[]) => void>();
  balancer.onBackendsRemoved(removed);
  const use = (next: readonly ServiceSnapshot[], generation = 2, affinitySecret?: string) =>
    balancer.use(
      snapshotOf(next, { generation, ...(affinitySecret === undefined ? {} : { affinitySecret }) }),
    );
  const idsRemoved = () =>
    removed.mock.calls.flatMap(([backends]) => backends.map((backend) => backend.snapshot.id));
  return { fixture, balancer, use, idsRemoved };
}

describe.each(ALGORITHM_NAMES)('%s', (name) => {
  const backends = [1, 2, 3, 4].map((weight, slot) => backendSnapshot(slot, { weight }));

  it('picks only from the rotation, tries others first, and answers null when nobody is available', () => {
    const { balancer, service, fixture } = balancedService(
      algorithmSettings(name, { boundedLoad: 1.25 }),
      backends,
    );
    const random = seededRandom(41);
    for (let round = 0; round < 300; round++) {
      const available = backends.map((backend) => {
        const isUp = random() < 0.6;
        fixture.states.setHealth(backend.slot, 0, isUp ? 'healthy' : 'unhealthy');
        return isUp;
      });
      const count = available.filter(Boolean).length;
      const context = new TestContext();
      context.client = `10.0.0.${round % 250}`;
      const picked = new Set<number>();
      for (let attempt = 0; attempt < count; attempt++) {
        const backend = balancer.pick(service, context)!;
        expect(available[backend.snapshot.slot]).toBe(true);
        picked.add(backend.snapshot.slot);
        context.tried.push(backend);
      }
      expect(picked.size).toBe(count);
      expect(balancer.pick(service, context) === null).toBe(count === 0);
    }
  });

  it('counts what is in flight and takes it back', () => {
    const { balancer, service, fixture } = balancedService(algorithmSettings(name), backends);
    const own = fixture.memory.workers[0]!;
    const picked = Array.from({ length: 50 }, (_, index) => {
      const context = new TestContext();
      context.client = `10.0.0.${index}`;
      return balancer.pick(service, context)!;
    });
    const counts = () => backends.map((backend) => fixture.inFlight(backend.slot));
    expect(counts().reduce((sum, count) => sum + count, 0)).toBe(50);
    expect(Array.from(own.backendInFlight.subarray(0, 4))).toEqual(counts());
    expect([fixture.serviceInFlight(0), own.serviceInFlight[0]]).toEqual([50, 50]);
    for (const backend of picked) balancer.release(service, backend);
    expect(counts()).toEqual([0, 0, 0, 0]);
    expect([fixture.serviceInFlight(0), own.serviceInFlight[0]]).toEqual([0, 0]);
  });
});

it('never counts below zero when an exchange is ended twice', () => {
  const { balancer, service, fixture } = balancedService(algorithmSettings('round-robin'), [
    backendSnapshot(0),
  ]);
  const backend = balancer.pick(service, new TestContext())!;
  balancer.release(service, backend);
  balancer.release(service, backend);
  expect([fixture.inFlight(0), fixture.serviceInFlight(0)]).toEqual([0, 0]);
});

it('keeps services and backends that did not change, and so what lanes hang on them', () => {
  const services = twoServices();
  const { balancer, use, idsRemoved } = running(services);
  const [shop, blog] = [balancer.route('shop.test', '/')!, balancer.route('blog.test', '/')!];
  use(structuredClone([services[0]!, renew(services[1]!, { slowStartMs: 1000 })]));
  expect(balancer.generation).toBe(2);
  expect(balancer.route('shop.test', '/')).toBe(shop);
  expect(balancer.route('blog.test', '/')).not.toBe(blog);
  expect(balancer.route('blog.test', '/')!.backends[0]).toBe(blog.backends[0]);
  expect(idsRemoved()).toEqual([]);
});

it('keeps a backend whose weight changes, and picks by the new weight at once', () => {
  const services = twoServices();
  const { balancer, use, idsRemoved } = running(services);
  const before = balancer.route('shop.test', '/')!;
  const backends = [backendSnapshot(0, { weight: 3 }), backendSnapshot(1)];
  use([
    renew(services[0]!, { backends, algorithm: algorithmSettings('weighted-round-robin') }),
    services[1]!,
  ]);
  const after = balancer.route('shop.test', '/')!;
  expect(after.backends).toEqual(before.backends);
  expect(after.backends[0]).toBe(before.backends[0]);
  expect(after.backends[0]!.snapshot.weight).toBe(3);
  const slots = [0, 1, 2, 3].map(() => balancer.pick(after, new TestContext())!.snapshot.slot);
  expect(slots.toSorted()).toEqual([0, 0, 0, 1]);
  expect(idsRemoved()).toEqual([]);
});

it.each<[string, (services: ServiceSnapshot[]) => ServiceSnapshot[], string[]]>([
  ['a backend', ([shop, blog]) => [renew(shop!, { backends: [backendSnapshot(1)] }), blog!], ['backend-0']],
  ['a service', ([shop]) => [shop!], ['backend-2']],
  [
    'connections, by other TLS settings',
    ([shop, blog]) => [renew(shop!, { tls: { ca: '', serverName: 'x', verify: true } }), blog!],
    ['backend-0', 'backend-1'],
  ],
  [
    'a backend, replaced by one with the same id elsewhere',
    ([shop, blog]) => [renew(shop!, { backends: [moved(0, 5), backendSnapshot(1)] }), blog!],
    ['backend-0'],
  ],
  ['nothing', (services) => services, []],
])('tells lanes what is removed: %s', (_what, change, expected) => {
  const services = twoServices();
  const { use, idsRemoved } = running(services);
  use(change(services));
  expect(idsRemoved()).toEqual(expected);
});

function moved(id: number, slot: number): BackendSnapshot {
  return { ...backendSnapshot(slot), id: `backend-${id}` };
}

it('lets an exchange that holds an older service retry only where the new one still goes', () => {
  const services = twoServices();
  const { balancer, fixture, use } = running(services);
  const held = balancer.route('shop.test', '/')!;
  const first = balancer.pick(held, new TestContext())!;
  expect(first.snapshot.slot).toBe(0);
  use([renew(services[0]!, { backends: [backendSnapshot(1)] }), services[1]!]);
  for (let attempt = 0; attempt < 4; attempt++) {
    expect(balancer.pick(held, new TestContext())!.snapshot.slot).toBe(1);
  }
  balancer.release(held, first);
  expect([fixture.inFlight(0), fixture.inFlight(1)]).toEqual([0, 4]);
  use([services[1]!], 3);
  expect(balancer.pick(held, new TestContext())).toBeNull();
});

it('signs affinity anew when the secret changes', () => {
  const service = serviceSnapshot({
    algorithm: algorithmSettings('sticky-round-robin'),
    backends: [backendSnapshot(0)],
  });
  const { balancer, use, idsRemoved } = running([service]);
  const cookie = () => {
    const context = new TestContext();
    balancer.pick(balancer.route('any', '/')!, context);
    return context.affinityCookie;
  };
  const before = cookie();
  use([service], 2, 'ff'.repeat(16));
  expect(cookie()).not.toBe(before);
  expect(idsRemoved()).toEqual([]);
});

it('refuses a snapshot beyond the shared memory and goes on with the one it has', () => {
  const services = twoServices();
  const { balancer, use } = running(services);
  const broken = renew(services[0]!, { backends: [backendSnapshot(4000)] });
  expect(() => use([broken])).toThrow(/Slot 4000 of backend .* outside of the shared memory/);
  expect(balancer.generation).toBe(1);
  expect(balancer.pick(balancer.route('shop.test', '/')!, new TestContext())).not.toBeNull();
  expect(() => new Balancer(new BalancerFixture(services).memory, 1)).toThrow(/made for 1 workers/);
});
