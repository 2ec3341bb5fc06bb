import { expect, it } from 'vitest';
import { HealthJudge } from './health.judge.js';

const THRESHOLDS = { rise: 2, fall: 3 };

/** `+` passes, `-` fails; answers the verdict after each as h or u. */
function verdicts(judge: HealthJudge, outcomes: string, thresholds = THRESHOLDS): string {
  return [...outcomes].map((outcome) => judge.judge(outcome === '+', thresholds)[0]).join('');
}

it('decides on the first probe alone', () => {
  expect(new HealthJudge().health).toBe('unknown');
  expect(verdicts(new HealthJudge(), '+')).toBe('h');
  expect(verdicts(new HealthJudge(), '-')).toBe('u');
});

it('needs `fall` failures in a row to fall and `rise` passes in a row to rise', () => {
  expect(verdicts(new HealthJudge(), '+---++')).toBe('hhhuuh');
  expect(verdicts(new HealthJudge(), '-+-++')).toBe('uuuuh');
  expect(verdicts(new HealthJudge(), '+--+--+---')).toBe('hhhhhhhhhu');
  expect(verdicts(new HealthJudge(), '+-+-', { rise: 1, fall: 1 })).toBe('huhu');
});

it('stays what it was while a backend flaps', () => {
  const judge = new HealthJudge('healthy');
  expect(verdicts(judge, '-+'.repeat(50))).toBe('h'.repeat(100));
  expect(verdicts(new HealthJudge('unhealthy'), '+-'.repeat(50))).toBe('u'.repeat(100));
});

it('counts what came in a row', () => {
  const judge = new HealthJudge();
  verdicts(judge, '-++');
  expect([judge.passes, judge.failures]).toEqual([2, 0]);
  verdicts(judge, '-');
  expect([judge.passes, judge.failures]).toEqual([0, 1]);
});
