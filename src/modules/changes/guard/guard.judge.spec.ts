import { expect, it } from 'vitest';
import { whyWorse } from './guard.judge.js';
import { NO_TRAFFIC, type Traffic } from './traffic.js';

const TERMS = { maxErrorIncrease: 0.05, maxLatencyFactor: 2 };

function traffic(requests: number, errors: number, p99Ms = 10): Traffic {
  const share = requests === 0 ? 0 : errors / requests;
  return { requests, errors, share, responses: requests - errors, p99Ms };
}

it.each([
  ['nothing came', NO_TRAFFIC, NO_TRAFFIC, null],
  ['all is as before', traffic(1000, 10), traffic(1000, 10), null],
  ['errors grow by less than the bound', traffic(1000, 0), traffic(1000, 50), null],
  [
    'errors grow beyond the bound',
    traffic(1000, 0),
    traffic(1000, 51),
    /5xx rose from 0\.0% to 5\.1% \(51 of 1000/,
  ],
  ['it failed as often before', traffic(100, 100), traffic(100, 100), null],
  ['it failed nearly as often before', traffic(100, 60), traffic(100, 64), null],
  ['the service is new and fails', NO_TRAFFIC, traffic(20, 2), /2 of 20/],
  ['few exchanges, and few of them failed', NO_TRAFFIC, traffic(19, 8), null],
  ['four exchanges failed of four', NO_TRAFFIC, traffic(4, 4), null],
  ['five exchanges failed of five', NO_TRAFFIC, traffic(5, 5), /5 of 5/],
  ['five exchanges failed of ten', NO_TRAFFIC, traffic(10, 5), /5 of 10/],
  ['five exchanges failed of eleven', NO_TRAFFIC, traffic(11, 5), null],
  ['p99 grows by less than the factor', traffic(500, 0, 100), traffic(500, 0, 199), null],
  [
    'p99 grows beyond the factor',
    traffic(500, 0, 100),
    traffic(500, 0, 201),
    /p99 rose from 100 ms to 201 ms/,
  ],
  ['p99 grows by what nobody feels', traffic(500, 0, 5), traffic(500, 0, 54), null],
  [
    'p99 grows by what somebody feels',
    traffic(500, 0, 5),
    traffic(500, 0, 56),
    /p99 rose from 5\.0 ms to 56 ms/,
  ],
  ['p99 of few exchanges', traffic(500, 0, 100), traffic(99, 0, 1000), null],
  ['p99 against few exchanges before', traffic(99, 0, 100), traffic(500, 0, 1000), null],
])('judges: %s', (_, before, after, why) => {
  if (why === null) expect(whyWorse(before, after, TERMS)).toBeNull();
  else expect(whyWorse(before, after, TERMS)).toMatch(why);
});
