import { expect, it } from 'vitest';
import { BackendCell, monotonicMs } from '../../common/contract/index.js';
import { backendSnapshot, BalancerFixture, serviceSnapshot } from '../../../test/support/balancer.fixture.js';
import { BackendRuntime } from './backend-runtime.js';
import { LatencyAverage } from './latency.average.js';

function setUp() {
  const { memory } = new BalancerFixture([serviceSnapshot({ backends: [backendSnapshot(0)] })]);
  const average = new LatencyAverage(memory);
  const backend = new BackendRuntime(backendSnapshot(0));
  const cell = () => Atomics.load(memory.backends, BackendCell.ewmaUs);
  /** As if the last observation had been made earlier. */
  const age = (ms: number) => void Atomics.sub(memory.backends, BackendCell.ewmaAtMs, ms);
  return { average, backend, cell, age };
}

it('is 0 before anything was observed', () => {
  const { average, backend } = setUp();
  expect(average.read(backend, monotonicMs())).toBe(0);
});

it('takes a peak at once and in full', () => {
  const { average, backend, cell } = setUp();
  average.observe(backend, 500);
  average.observe(backend, 80_000);
  expect(cell()).toBe(80_000);
  average.observe(backend, 90_000.4);
  expect(cell()).toBe(90_000);
});

it('comes down by the time that has passed: two thirds of the way after ten seconds', () => {
  const { average, backend, cell, age } = setUp();
  average.observe(backend, 100_000);
  age(10_000);
  average.observe(backend, 0);
  expect(cell()).toBeGreaterThan(36_000);
  expect(cell()).toBeLessThan(37_500);
});

it('loses no fall to rounding when observations come fast', () => {
  const { average, backend, cell, age } = setUp();
  average.observe(backend, 1000);
  for (let ms = 0; ms < 10_000; ms += 2) {
    age(2);
    average.observe(backend, 900);
  }
  expect(cell()).toBeGreaterThan(925);
  expect(cell()).toBeLessThan(945);
});

it('reads as decayed while nothing is observed, so that a slow backend is tried again', () => {
  const { average, backend } = setUp();
  average.observe(backend, 100_000);
  expect(average.read(backend, monotonicMs() + 10_000)).toBeCloseTo(36_788, -3);
  expect(average.read(backend, monotonicMs() + 120_000)).toBeLessThan(1);
});

it('survives absurd values', () => {
  const { average, backend, cell } = setUp();
  average.observe(backend, 1e15);
  expect(cell()).toBe(2 ** 31 - 1);
  average.observe(backend, -5);
  // It may have begun to come down: the clock goes on.
  expect(cell()).toBeGreaterThan(2_000_000_000);
  expect(cell()).toBeLessThan(2 ** 31);
});
