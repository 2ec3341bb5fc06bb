import { describe, expect, it } from 'vitest';
import type { AlgorithmName } from '../../../common/contract/index.js';
import {
  algorithmSettings,
  backendSnapshot,
  balancedService,
  seededRandom,
  TestContext,
} from '../../../../test/support/balancer.fixture.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { createAlgorithm } from './algorithm.factory.js';

function equal(size: number): number[] {
  return Array.from({ length: size }, () => 1);
}

function setUp(name: AlgorithmName, weights: readonly number[], seed = 31) {
  const backends = weights.map((weight, slot) => backendSnapshot(slot, { weight }));
  const parts = balancedService(algorithmSettings(name), backends);
  const algorithm = createAlgorithm(
    {
      memory: parts.fixture.memory,
      service: parts.service.snapshot,
      backends: parts.service.backends,
      affinitySecret: 'aa',
    },
    seededRandom(seed),
  );
  const pick = (avoid: readonly BackendRuntime[] = []) =>
    algorithm.pick(parts.service.rotations.current(), new TestContext(), avoid).snapshot.slot;
  return { ...parts, pick };
}

function countOf(pick: () => number, size: number, picks: number): number[] {
  const counts = Array.from({ length: size }, () => 0);
  for (let count = 0; count < picks; count++) counts[pick()]! += 1;
  return counts;
}

describe.each<AlgorithmName>(['random', 'power-of-two-choices', 'peak-ewma'])('%s', (name) => {
  it('never picks what is to be avoided, and finds the only one left', () => {
    const { pick, service } = setUp(name, [1000, 1, 1]);
    const avoid = [service.backends[0]!, service.backends[1]!];
    expect(countOf(() => pick(avoid), 3, 200)).toEqual([0, 0, 200]);
  });

  it('serves a single backend', () => {
    expect(countOf(setUp(name, [3]).pick, 1, 50)).toEqual([50]);
  });
});

it('random: shares are those of the weights', () => {
  const counts = countOf(setUp('random', [6, 3, 1]).pick, 3, 50_000);
  expect(counts.map((count) => Math.round(count / 1000) / 5)).toEqual([
    expect.closeTo(6, 0),
    expect.closeTo(3, 0),
    expect.closeTo(1, 0),
  ]);
});

describe('power-of-two-choices', () => {
  it('picks the one with less in flight per weight of each two', () => {
    const { pick, fixture } = setUp('power-of-two-choices', [1, 1]);
    fixture.setInFlight(0, 3);
    fixture.setInFlight(1, 2);
    expect(countOf(pick, 2, 100)).toEqual([0, 100]);
    const weighted = setUp('power-of-two-choices', [3, 1]);
    weighted.fixture.setInFlight(0, 5);
    weighted.fixture.setInFlight(1, 2);
    expect(countOf(weighted.pick, 2, 100)).toEqual([100, 0]);
  });

  it('spreads an idle service by weight', () => {
    const counts = countOf(setUp('power-of-two-choices', [3, 1]).pick, 2, 40_000);
    expect(counts[0]! / 40_000).toBeCloseTo(0.75, 1);
  });

  it('never lets the most loaded backend grow, so that counts stay close together', () => {
    const { balancer, service, fixture } = setUp('power-of-two-choices', equal(20));
    for (let exchange = 0; exchange < 2000; exchange++) balancer.pick(service, new TestContext());
    const loads = service.backends.map((backend) => fixture.inFlight(backend.snapshot.slot));
    expect(loads.reduce((sum, load) => sum + load, 0)).toBe(2000);
    // Random placement alone would leave a spread of about forty.
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThan(15);
  });
});

describe('peak-ewma', () => {
  it('prefers the backend where an exchange takes less: latency, in flight and weight', () => {
    const { balancer, service, pick, fixture } = setUp('peak-ewma', [1, 1]);
    const [first, second] = service.backends;
    balancer.reportLatency(first!, 1000);
    balancer.reportLatency(second!, 9000);
    expect(countOf(pick, 2, 50)).toEqual([50, 0]);
    fixture.setInFlight(0, 20);
    expect(countOf(pick, 2, 50)).toEqual([0, 50]);
  });

  it('gives a backend that never answered one exchange, and no second one before the answer', () => {
    const { balancer, service, pick, fixture } = setUp('peak-ewma', [1, 1]);
    balancer.reportLatency(service.backends[0]!, 50_000);
    expect(pick()).toBe(1);
    fixture.setInFlight(1, 1);
    expect(countOf(pick, 2, 50)).toEqual([50, 0]);
    balancer.reportLatency(service.backends[1]!, 2000);
    expect(countOf(pick, 2, 50)).toEqual([0, 50]);
  });
});
