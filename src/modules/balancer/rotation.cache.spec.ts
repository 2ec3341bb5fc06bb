import { expect, it } from 'vitest';
import {
  ADMIN_STATES,
  BackendOutages,
  HEALTH_STATES,
  monotonicMs,
  nowDs,
} from '../../common/contract/index.js';
import {
  backendSnapshot,
  BalancerFixture,
  seededRandom,
  serviceSnapshot,
} from '../../../test/support/balancer.fixture.js';
import { BackendRuntime } from './backend-runtime.js';
import { RotationBuilder } from './rotation.builder.js';
import { RotationCache } from './rotation.cache.js';

function setUp(weights: readonly number[], backups: readonly boolean[] = [], slowStartMs = 0) {
  const backends = weights.map((weight, slot) =>
    backendSnapshot(slot, { weight, backup: backups[slot] ?? false }),
  );
  const service = serviceSnapshot({ backends, slowStartMs });
  const fixture = new BalancerFixture([service]);
  const runtimes = backends.map((backend) => new BackendRuntime(backend));
  return {
    fixture,
    service,
    runtimes,
    cache: new RotationCache(fixture.memory, service, runtimes, new BackendOutages(fixture.memory, 0)),
  };
}

function slotsOf(cache: RotationCache): number[] {
  return cache.current().backends.map((backend) => backend.snapshot.slot);
}

it('holds the available primaries with a weight, in the order of the configuration', () => {
  const { fixture, cache } = setUp([3, 0, 2, 1], [false, false, false, true]);
  expect(slotsOf(cache)).toEqual([0, 2]);
  expect(cache.current()).toMatchObject({ weights: [3, 2], totalWeight: 5 });
  fixture.states.setHealth(0, 0, 'unhealthy');
  expect(slotsOf(cache)).toEqual([2]);
});

it('falls back to backups only while no primary is available, and may be empty', () => {
  const { fixture, cache } = setUp([1, 1, 1], [false, true, true]);
  fixture.states.setAdminState(0, 0, 'draining');
  expect(slotsOf(cache)).toEqual([1, 2]);
  fixture.states.setHealth(1, 0, 'unhealthy');
  fixture.states.setHealth(2, 0, 'unknown');
  expect(slotsOf(cache)).toEqual([]);
  fixture.states.setAdminState(0, 0, 'enabled');
  expect(slotsOf(cache)).toEqual([0]);
});

it('is the same object until a state changes what it holds', () => {
  const { fixture, cache } = setUp([1, 1, 1]);
  fixture.states.setHealth(2, 0, 'unhealthy');
  const before = cache.current();
  expect(cache.current()).toBe(before);
  fixture.states.setAdminState(2, 0, 'disabled');
  expect(cache.current()).toBe(before);
  fixture.states.setHealth(1, 0, 'unhealthy');
  expect(cache.current()).not.toBe(before);
});

it('agrees with the states after any series of changes', () => {
  const random = seededRandom(7);
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const backups = Array.from({ length: 12 }, () => random() < 0.3);
  const weights = Array.from({ length: 12 }, () => Math.floor(random() * 4));
  const { fixture, cache } = setUp(weights, backups);
  const model = weights.map(() => ({ health: 'healthy', admin: 'enabled' }));
  for (let change = 0; change < 3000; change++) {
    const slot = Math.floor(random() * 12);
    if (random() < 0.5)
      fixture.states.setHealth(slot, 0, (model[slot]!.health = any(HEALTH_STATES)) as 'healthy');
    else fixture.states.setAdminState(slot, 0, (model[slot]!.admin = any(ADMIN_STATES)) as 'enabled');
    if (random() < 0.4) continue;
    const usable = weights.flatMap((weight, index) =>
      weight > 0 && model[index]!.health === 'healthy' && model[index]!.admin === 'enabled' ? [index] : [],
    );
    const primaries = usable.filter((index) => !backups[index]);
    expect(slotsOf(cache)).toEqual(primaries.length > 0 ? primaries : usable);
  }
});

it('gives a backend that joins warm ones a growing share, in whole numbers, and builds anew at the next step', () => {
  const { fixture, runtimes, cache } = setUp([2, 2], [], 30_000);
  fixture.setEntered(1, nowDs());
  fixture.states.touch(0);
  expect(cache.current().weights).toEqual([20, 2]);
  expect(cache.current().warmth).toEqual([10, 1]);
  const builder = new RotationBuilder(fixture.memory);
  const later = (ms: number) => builder.build(runtimes, 30_000, monotonicMs() + ms);
  expect(later(15_200).rotation.weights).toEqual([20, 10]);
  expect(later(30_200)).toMatchObject({ rotation: { weights: [2, 2] }, untilMs: 0 });
});

it('notices by itself that a step of slow start has passed', async () => {
  const { fixture, cache } = setUp([1, 1], [], 900);
  fixture.setEntered(1, nowDs());
  fixture.states.touch(0);
  const start = monotonicMs();
  expect(cache.current().warmth[1]).toBeLessThanOrEqual(2);
  await expect.poll(() => cache.current().warmth[1], { interval: 5, timeout: 10_000 }).toBe(10);
  expect(monotonicMs() - start).toBeGreaterThan(700);
  expect(cache.current().weights).toEqual([1, 1]);
});

it('leaves out backends that are gone, also after the clock cell has wrapped', () => {
  const { fixture, runtimes, cache } = setUp([1, 1], [], 1000);
  runtimes[0]!.removed = true;
  cache.supersede();
  expect(slotsOf(cache)).toEqual([1]);
  runtimes[0]!.removed = false;
  const wrapMs = 2 ** 31 * 100;
  fixture.setEntered(0, 2 ** 31 - 20);
  fixture.setEntered(1, -(2 ** 31));
  const { rotation } = new RotationBuilder(fixture.memory).build(runtimes, 1000, wrapMs);
  expect(rotation.warmth).toEqual([10, 1]);
});
