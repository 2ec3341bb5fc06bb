import { describe, expect, it } from 'vitest';
import type { AlgorithmName } from '../../../common/contract/index.js';
import {
  algorithmSettings,
  backendSnapshot,
  balancedService,
  TestContext,
} from '../../../../test/support/balancer.fixture.js';

function picked(name: AlgorithmName, weights: readonly number[], count: number): number[] {
  const backends = weights.map((weight, slot) => backendSnapshot(slot, { weight }));
  const { balancer, service } = balancedService(algorithmSettings(name), backends);
  return Array.from({ length: count }, () => balancer.pick(service, new TestContext())!.snapshot.slot);
}

describe('round-robin', () => {
  it('gives equal turns in order, whatever the weights, and none to weight 0', () => {
    expect(picked('round-robin', [5, 0, 1, 2], 6)).toEqual([0, 2, 3, 0, 2, 3]);
  });

  it('follows the rotation', () => {
    const backends = [0, 1, 2].map((slot) => backendSnapshot(slot));
    const { balancer, service, fixture } = balancedService(algorithmSettings('round-robin'), backends);
    const take = (count: number) =>
      new Set(Array.from({ length: count }, () => balancer.pick(service, new TestContext())!.snapshot.slot));
    fixture.states.setHealth(1, 0, 'unhealthy');
    expect(take(4)).toEqual(new Set([0, 2]));
    fixture.states.setHealth(1, 0, 'healthy');
    expect(take(3)).toEqual(new Set([0, 1, 2]));
  });

  it('gives a warming backend a tenth of a turn', () => {
    const backends = [0, 1].map((slot) => backendSnapshot(slot));
    const { balancer, service } = balancedService(algorithmSettings('round-robin'), backends);
    const rotation = { ...service.rotations.current(), warmth: [10, 1] };
    const slots = Array.from(
      { length: 22 },
      () => service.algorithm.pick(rotation, new TestContext(), []).snapshot.slot,
    );
    expect(slots.filter((slot) => slot === 1)).toHaveLength(2);
    expect(balancer.generation).toBe(1);
  });
});

describe('weighted-round-robin', () => {
  it('keeps every backend within one of its share after every prefix', () => {
    const weights = [7, 1, 3, 12, 1];
    const total = 24;
    const counts = weights.map(() => 0);
    for (const [index, slot] of picked('weighted-round-robin', weights, 500).entries()) {
      counts[slot]! += 1;
      for (const [backend, weight] of weights.entries()) {
        expect(Math.abs(counts[backend]! - ((index + 1) * weight) / total)).toBeLessThan(1);
      }
    }
  });

  it('goes to the next turn of another backend when the one whose turn it is was tried', () => {
    const backends = [backendSnapshot(0, { weight: 100 }), backendSnapshot(1), backendSnapshot(2)];
    const { balancer, service } = balancedService(algorithmSettings('weighted-round-robin'), backends);
    const context = new TestContext();
    const tried = new Set<number>();
    for (let attempt = 0; attempt < 3; attempt++) {
      const backend = balancer.pick(service, context)!;
      tried.add(backend.snapshot.slot);
      context.tried.push(backend);
    }
    expect(tried.size).toBe(3);
    expect(balancer.pick(service, context)).not.toBeNull();
  });
});
