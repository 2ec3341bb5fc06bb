import { describe, expect, it } from 'vitest';
import {
  algorithmSettings,
  BalancerFixture,
  backendSnapshot,
  serviceSnapshot,
  snapshotOf,
  TestContext,
} from '../../../test/support/balancer.fixture.js';
import { ALGORITHM_NAMES, type AlgorithmName } from '../../common/contract/index.js';
import { NO_POLICIES, NO_QUEUE } from '../../common/contract/policies/index.js';
import { Balancer } from './balancer.js';

/** Backends that may run so many each; 0: any number. */
function limited(limits: readonly number[], name: AlgorithmName = 'round-robin', shadow = false) {
  const queue = { ...NO_QUEUE, limitsBackends: true, shadow };
  const settings = serviceSnapshot({
    algorithm: algorithmSettings(name, { boundedLoad: 1.25 }),
    backends: limits.map((maxInFlight, slot) => backendSnapshot(slot, { maxInFlight })),
    policies: { ...NO_POLICIES, queue },
  });
  const fixture = new BalancerFixture([settings], 2);
  const balancers = [0, 1].map((worker) => {
    const balancer = new Balancer(fixture.memory, worker);
    balancer.use(snapshotOf([settings]));
    return balancer;
  });
  const [balancer] = balancers;
  const service = balancer!.route('any', '/')!;
  const pick = (context = new TestContext({ 'x-tenant': 'a' })) => balancer!.pick(service, context);
  return { fixture, service, pick, balancers };
}

describe('backends with a maxInFlight', () => {
  it.each(ALGORITHM_NAMES)('are never given more, and all that they may have: %s', (name) => {
    const { fixture, pick } = limited([2, 0, 3], name);
    for (let round = 0; round < 40; round++) expect(pick()).not.toBeNull();
    const counts = [0, 1, 2].map((slot) => fixture.inFlight(slot));
    expect(counts[0]).toBeLessThanOrEqual(2);
    expect(counts[2]).toBeLessThanOrEqual(3);
    expect(counts[0]! + counts[1]! + counts[2]!).toBe(40);
  });

  it.each(ALGORITHM_NAMES)(
    'fill up to their sum, then nobody is picked until one is released: %s',
    (name) => {
      const { fixture, service, pick, balancers } = limited([2, 1, 3], name);
      const picked = Array.from({ length: 6 }, () => pick());
      expect([0, 1, 2].map((slot) => fixture.inFlight(slot))).toEqual([2, 1, 3]);
      expect(pick()).toBeNull();
      expect(fixture.serviceInFlight(0)).toBe(6);
      const freed = picked[3]!;
      balancers[0]!.release(service, freed);
      expect(pick()).toBe(freed);
    },
  );

  it('are full for all workers at once', () => {
    const { balancers, pick } = limited([1]);
    expect(pick()).not.toBeNull();
    const other = balancers[1]!;
    expect(other.pick(other.route('any', '/')!, new TestContext())).toBeNull();
  });

  it('are not tried twice because others are full', () => {
    const { service, pick, balancers } = limited([2, 1]);
    const [first, second] = [pick()!, pick()!];
    const context = new TestContext();
    context.tried = [first];
    expect(pick(context)).toBeNull();
    balancers[0]!.release(service, second);
    expect(pick(context)).toBe(second);
  });

  it('may be tried again when all were, but not beyond their limit', () => {
    const { service, pick } = limited([2, 2]);
    const context = new TestContext();
    context.tried = [...service.backends];
    expect([pick(context), pick(context), pick(context), pick(context)]).not.toContain(null);
    expect(pick(context)).toBeNull();
  });

  it('are not limited in shadow', () => {
    const { fixture, pick } = limited([1], 'round-robin', true);
    for (let round = 0; round < 3; round++) expect(pick()).not.toBeNull();
    expect(fixture.inFlight(0)).toBe(3);
  });
});
