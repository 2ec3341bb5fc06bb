import { expect, it } from 'vitest';
import { slowStartOf } from './slow-start.js';

const SLOW_MS = 30_000;

it('warms a backend that joins warm ones, linearly from 10% to exactly 100% at the end', () => {
  const warmthAt = (ageMs: number) => slowStartOf([Infinity, ageMs], SLOW_MS).warmth;
  expect(warmthAt(0)).toEqual([10, 1]);
  expect(warmthAt(15_000)).toEqual([10, 5]);
  expect(warmthAt(29_900)).toEqual([10, 9]);
  expect(warmthAt(30_000)).toEqual([10, 10]);
});

it('never steps down as time passes, and changes exactly when it says', () => {
  let ageMs = 0;
  let steps = 0;
  for (let before = 1; ; steps++) {
    const { warmth, changesInMs } = slowStartOf([Infinity, ageMs], SLOW_MS);
    expect(warmth[1]).toBe(before);
    if (changesInMs === 0) break;
    expect(slowStartOf([Infinity, ageMs + changesInMs - 0.01], SLOW_MS).warmth[1]).toBe(before);
    ageMs += changesInMs + 1e-6;
    before++;
  }
  expect(steps).toBe(9);
  expect(ageMs).toBeCloseTo(SLOW_MS, 3);
});

it('warms nobody when all have entered within the time of a slow start: the balancer itself has started', () => {
  expect(slowStartOf([0, 5000, 12_000, 29_000], SLOW_MS)).toEqual({
    warmth: [10, 10, 10, 10],
    changesInMs: 0,
  });
  expect(slowStartOf([0], SLOW_MS)).toEqual({ warmth: [10], changesInMs: 0 });
});

it('does not begin to warm a backend later that was not warmed when it entered', () => {
  // Both are older now by the same time, so the first is warm, and the second entered 20 seconds after it.
  for (let ageMs = 0; ageMs <= SLOW_MS; ageMs += 500) {
    expect(slowStartOf([ageMs + 20_000, ageMs], SLOW_MS).warmth).toEqual([10, 10]);
  }
});

it('tells the earliest change among several', () => {
  const step = SLOW_MS / 9;
  const { changesInMs } = slowStartOf([Infinity, 100, step - 40, 10_000], SLOW_MS);
  expect(changesInMs).toBeCloseTo(40, 6);
});
