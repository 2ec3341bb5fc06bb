import { expect, it } from 'vitest';
import { Backoff } from './backoff.js';

const pauses = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.next());

it('doubles the longest possible pause with each failure, up to the maximum, and starts anew after a success', () => {
  const backoff = new Backoff({ baseMs: 100, maxMs: 1_000, random: () => 1 });
  expect(pauses(backoff, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

it('jitters over the whole range, but never spins', () => {
  expect(pauses(new Backoff({ baseMs: 100, maxMs: 1_000, random: () => 0 }), 3)).toEqual([20, 20, 20]);
  expect(new Backoff({ baseMs: 100, maxMs: 1_000, random: () => 0.5 }).next()).toBe(60);
});

it('keeps to a maximum that is shorter than the shortest pause, and to the maximum for ever', () => {
  expect(new Backoff({ baseMs: 1, maxMs: 8, random: () => 1 }).next()).toBe(1);
  const backoff = new Backoff({ baseMs: 100, maxMs: 1_000, random: () => 1 });
  expect(pauses(backoff, 5_000).at(-1)).toBe(1_000);
});
