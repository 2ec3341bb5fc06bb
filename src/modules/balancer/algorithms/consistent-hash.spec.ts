import { describe, expect, it } from 'vitest';
import type { AlgorithmName } from '../../../common/contract/index.js';
import {
  algorithmSettings,
  backendSnapshot,
  balancedService,
  TestContext,
} from '../../../../test/support/balancer.fixture.js';

const KEYS = 100_000;

function equal(size: number): number[] {
  return Array.from({ length: size }, () => 1);
}

function setUp(weights: readonly number[], name: AlgorithmName = 'ip-hash', boundedLoad = 0) {
  const backends = weights.map((weight, slot) => backendSnapshot(slot, { weight }));
  const parts = balancedService(algorithmSettings(name, { boundedLoad }), backends);
  const pick = (context: TestContext) => parts.balancer.pick(parts.service, context)!.snapshot.slot;
  return { ...parts, pick };
}

function clientContext(key: number): TestContext {
  const context = new TestContext();
  context.client = `10.${key >> 16}.${(key >> 8) & 255}.${key & 255}`;
  return context;
}

function placesOf(pick: (context: TestContext) => number, keys = KEYS): number[] {
  return Array.from({ length: keys }, (_, key) => pick(clientContext(key)));
}

function countsOf(places: readonly number[], size: number): number[] {
  const counts = Array.from({ length: size }, () => 0);
  for (const place of places) counts[place]! += 1;
  return counts;
}

it.each([3, 10, 20])(
  'moves 1/%i of the keys, within a tenth, when one of so many leaves, and no other key',
  (size) => {
    const { pick, fixture } = setUp(equal(size));
    const before = placesOf(pick);
    for (const gone of [0, size - 1]) {
      fixture.states.setHealth(gone, 0, 'unhealthy');
      const after = placesOf(pick);
      const moved = before.filter((place, key) => place !== after[key]);
      expect(new Set(moved)).toEqual(new Set([gone]));
      expect(Math.abs((moved.length * size) / KEYS - 1)).toBeLessThan(0.1);
      // What has moved is spread over all that stay.
      const received = countsOf(
        after.filter((place, key) => place !== before[key]),
        size,
      );
      const least = Math.min(...received.filter((_, slot) => slot !== gone));
      expect(least).toBeGreaterThan((0.7 * moved.length) / (size - 1));
      fixture.states.setHealth(gone, 0, 'healthy');
      expect(placesOf(pick)).toEqual(before);
    }
  },
);

it('gives shares by weight, and a new weight moves only keys of the difference', () => {
  const weights = [1, 2, 5, 2];
  const before = placesOf(setUp(weights).pick);
  for (const [slot, count] of countsOf(before, 4).entries()) {
    expect(Math.abs(count / KEYS / (weights[slot]! / 10) - 1)).toBeLessThan(0.05);
  }
  const heavier = placesOf(setUp([1, 2, 5, 4]).pick);
  const moved = heavier.filter((place, key) => place !== before[key]);
  expect(new Set(moved)).toEqual(new Set([3]));
  expect(moved.length / KEYS).toBeCloseTo(4 / 12 - 2 / 10, 1);
});

it('does not depend on the order of the backends', () => {
  const slots = [0, 1, 2, 3, 4];
  const inOrder = balancedService(
    algorithmSettings('ip-hash'),
    slots.map((slot) => backendSnapshot(slot)),
  );
  const reversed = balancedService(
    algorithmSettings('ip-hash'),
    slots.toReversed().map((slot) => backendSnapshot(slot)),
  );
  for (let key = 0; key < 2000; key++) {
    expect(reversed.balancer.pick(reversed.service, clientContext(key))!.snapshot.id).toBe(
      inOrder.balancer.pick(inOrder.service, clientContext(key))!.snapshot.id,
    );
  }
});

it('goes to the next best for what was tried, the same one as when that had left', () => {
  const { pick, service, fixture } = setUp([1, 1, 1, 1]);
  for (let key = 0; key < 300; key++) {
    const context = clientContext(key);
    const own = pick(context);
    context.tried = [service.backends[own]!];
    const next = pick(context);
    fixture.states.setHealth(own, 0, 'unhealthy');
    expect(next).toBe(pick(clientContext(key)));
    fixture.states.setHealth(own, 0, 'healthy');
  }
});

describe('with bounded load', () => {
  it('holds no backend above the factor times its share, however skewed the keys are', () => {
    const weights = [1, 2, 3, 4];
    const { pick, fixture } = setUp(weights, 'ip-hash', 1.25);
    for (let total = 1; total <= 1000; total++) {
      pick(clientContext(total % 3));
      for (const [slot, weight] of weights.entries()) {
        expect(fixture.inFlight(slot)).toBeLessThanOrEqual(Math.ceil((1.25 * total * weight) / 10));
      }
    }
    expect(fixture.serviceInFlight(0)).toBe(1000);
  });

  it('leaves keys where they are while nobody is at the bound', () => {
    const bounded = setUp([1, 1, 1], 'ip-hash', 1.25);
    const free = setUp([1, 1, 1]);
    for (let key = 0; key < 500; key++) {
      const backend = bounded.balancer.pick(bounded.service, clientContext(key))!;
      expect(backend.snapshot.slot).toBe(free.pick(clientContext(key)));
      bounded.balancer.release(bounded.service, backend);
    }
  });

  it('still finds a backend when all those left to a retry are at their bound', () => {
    const { pick, service, fixture } = setUp([1, 1], 'ip-hash', 1);
    fixture.setInFlight(0, 0);
    fixture.setInFlight(1, 50);
    const context = clientContext(1);
    context.tried = [service.backends[0]!];
    expect(pick(context)).toBe(1);
  });
});

describe('the key', () => {
  function spread(name: AlgorithmName, contexts: readonly TestContext[]): Set<number> {
    const { pick } = setUp(equal(8), name);
    return new Set(contexts.map(pick));
  }

  it('of url-hash is path and query, not the client', () => {
    const at = (path: string, query: string, client: string) =>
      Object.assign(new TestContext(), { path, query, client });
    expect(spread('url-hash', [at('/a', 'x=1', '10.0.0.1'), at('/a', 'x=1', '10.0.0.2')]).size).toBe(1);
    const urls = Array.from({ length: 100 }, (_, index) => at('/a', `x=${index}`, '10.0.0.1'));
    expect(spread('url-hash', urls).size).toBe(8);
    const paths = Array.from({ length: 100 }, (_, index) => at(`/${index}`, '', '10.0.0.1'));
    expect(spread('url-hash', paths).size).toBe(8);
  });

  it('of header-hash is the header, and without it the client', () => {
    const by = (tenant: string | undefined, client: string) =>
      Object.assign(new TestContext(tenant === undefined ? {} : { 'x-tenant': tenant }), { client });
    expect(spread('header-hash', [by('acme', '10.0.0.1'), by('acme', '10.0.0.2')]).size).toBe(1);
    const tenants = Array.from({ length: 100 }, (_, index) => by(`tenant-${index}`, '10.0.0.1'));
    expect(spread('header-hash', tenants).size).toBe(8);
    for (const missing of [undefined, '']) {
      const clients = Array.from({ length: 100 }, (_, index) => by(missing, `10.0.0.${index}`));
      expect(spread('header-hash', clients).size).toBe(8);
    }
  });
});
