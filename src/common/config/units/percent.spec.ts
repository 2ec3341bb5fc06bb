import { expect, it } from 'vitest';
import { parsePercent, percentProblem } from './percent.js';

it('reads shares', () => {
  expect(['20%', '0.5%', '100 %', '0%'].map(parsePercent)).toEqual([20, 0.5, 100, 0]);
});

it.each(['20', '%', '-1%', '1e1%', '5.5555%', '1000%', '20%%', ' 20%', ''])('takes %j for none', (text) => {
  expect(parsePercent(text)).toBeNull();
  expect(percentProblem(text, { min: 1, max: 50 })).toContain(
    'is no share: write a percentage from 1% to 50%',
  );
});

it('holds to its limits, which are included', () => {
  const problemOf = (text: string) => percentProblem(text, { min: 1, max: 50 });
  expect([problemOf('1%'), problemOf('50%')]).toEqual([null, null]);
  expect(problemOf('50.1%')).toBe('50.1% is out of range: write a percentage from 1% to 50%');
});
