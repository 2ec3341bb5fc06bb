import { describe, expect, it } from 'vitest';
import { changeWords, pointWords } from './changes';

describe('a difference', () => {
  it.each([
    [120, 100, '+20 % more'],
    [95, 100, '−5 % less'],
    [100, 100, 'the same'],
    [1_062, 1_000, '+6.2 % more'],
    [100_001, 100_000, '+0.1 % more'],
    [7, 0, 'none before'],
    [0, 7, '−100 % less'],
    [5_000, 100, '50 times as much'],
  ])('of %i to %i is %s', (now, before, text) => expect(changeWords(now, before).text).toBe(text));

  it('of times says slower and faster', () => {
    expect(changeWords(150, 100, ['slower', 'faster']).text).toBe('+50 % slower');
    expect(changeWords(50, 100, ['slower', 'faster']).text).toBe('−50 % faster');
  });

  it.each([
    [0.052, 0.05, '+0.2 higher'],
    [0, 0.01, '−1 lower'],
    [0.05, 0.05, 'the same'],
  ])('of the shares %f and %f is %s', (now, before, text) => expect(pointWords(now, before).text).toBe(text));
});
