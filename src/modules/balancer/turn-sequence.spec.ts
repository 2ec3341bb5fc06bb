import { expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/balancer.fixture.js';
import { MAX_TURNS, turnSequence } from './turn-sequence.js';

function equal(size: number): number[] {
  return Array.from({ length: size }, () => 1);
}

/** The furthest that any backend is from its share after any number of turns, over two repetitions. */
function worstDeviation(weights: readonly number[]): number {
  const turns = turnSequence(weights);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const taken = weights.map(() => 0);
  let worst = 0;
  for (let turn = 0; turn < turns.length * 2; turn++) {
    taken[turns[turn % turns.length]!]! += 1;
    for (let index = 0; index < weights.length; index++) {
      const share = ((turn + 1) * weights[index]!) / total;
      worst = Math.max(worst, Math.abs(taken[index]! - share));
    }
  }
  return worst;
}

it('keeps every backend within one of its share after every prefix', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 300; round++) {
    const weights = Array.from(
      { length: 1 + Math.floor(random() * 12) },
      () => 1 + Math.floor(random() * 40),
    );
    const bound = 1 - 1 / Math.max(2, 2 * weights.length - 2);
    expect(worstDeviation(weights)).toBeLessThanOrEqual(bound + 1e-9);
  }
});

it('keeps it with many backends of very different weights', () => {
  const random = seededRandom(2);
  const weights = Array.from({ length: 60 }, () => Math.ceil(random() ** 6 * 200));
  expect(worstDeviation(weights)).toBeLessThan(1);
  expect(worstDeviation([1000, ...equal(50)])).toBeLessThan(1);
});

it('goes round in the order of the configuration when all weights are equal', () => {
  expect([...turnSequence([4, 4, 4])]).toEqual([0, 1, 2]);
});

it('spreads the turns of a heavy backend instead of giving them in a row', () => {
  expect([...turnSequence([3, 1])]).toEqual([0, 0, 1, 0]);
  expect([...turnSequence([5, 1, 1])].join('')).not.toMatch(/0{4}/);
});

it('is as long as the weights over their greatest common divisor', () => {
  expect(turnSequence([300, 100, 200])).toHaveLength(6);
  expect(turnSequence([1])).toHaveLength(1);
});

it('scales huge weights down to a bounded length, keeping shares nearly and everybody in', () => {
  const random = seededRandom(3);
  const weights = Array.from({ length: 1000 }, (_, index) =>
    index === 0 ? 1 : 1 + Math.floor(random() * 1000),
  );
  const turns = turnSequence(weights);
  expect(turns.length).toBeLessThanOrEqual(MAX_TURNS + weights.length);
  const taken = weights.map(() => 0);
  for (const index of turns) taken[index]! += 1;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let index = 0; index < weights.length; index++) {
    expect(taken[index]).toBeGreaterThanOrEqual(1);
    expect(Math.abs(taken[index]! - (weights[index]! * turns.length) / total)).toBeLessThan(1);
  }
});
