import { expect, it } from 'vitest';
import { seededRandom } from '../../../../test/support/balancer.fixture.js';
import { OUTCOME_BUCKETS, OUTCOME_CELLS } from './outage-cells.js';
import { OutcomeWindow } from './outcome.window.js';

const NO_LOCK = { acquire: () => undefined, release: () => undefined };

function windowOf(slots = 2) {
  const cells = new Int32Array(new SharedArrayBuffer(slots * OUTCOME_CELLS * Int32Array.BYTES_PER_ELEMENT));
  return { cells, window: new OutcomeWindow(cells, NO_LOCK) };
}

it.each([
  ['from the start of the clock', 0],
  ['after bucket numbers have wrapped', 2 ** 31 * 1000 - 5_000],
])('holds what came within the window, to a bucket, %s', (_when, startMs) => {
  const { window } = windowOf();
  const random = seededRandom(3);
  const windowMs = 8_000;
  const bucketMs = windowMs / OUTCOME_BUCKETS;
  const calls: { ms: number; failed: boolean; slow: boolean }[] = [];
  let nowMs = startMs + 1;
  for (let step = 0; step < 5_000; step++) {
    nowMs += random() < 0.01 ? random() * 20_000 : random() * 300;
    const call = { ms: nowMs, failed: random() < 0.3, slow: random() < 0.2 };
    calls.push(call);
    window.count(window.turn(1, 0, windowMs, nowMs), call.failed, call.slow);
    window.read(1);
    const oldest = (Math.floor(nowMs / bucketMs) - OUTCOME_BUCKETS + 1) * bucketMs;
    const held = calls.filter(({ ms }) => ms >= oldest);
    expect([window.total, window.failures, window.slow]).toEqual([
      held.length,
      held.filter(({ failed }) => failed).length,
      held.filter(({ slow }) => slow).length,
    ]);
  }
});

it('counts a call whose clock was read a little earlier, and starts anew when the window has another width', () => {
  const { window, cells } = windowOf();
  window.count(window.turn(0, 0, 8_000, 100_000), true, false);
  window.count(window.turn(0, 0, 8_000, 98_999), true, false);
  window.read(0);
  expect(window.failures).toBe(2);
  window.count(window.turn(0, 0, 60_000, 100_100), false, true);
  window.read(0);
  expect([window.total, window.failures, window.slow]).toEqual([1, 0, 1]);
  expect(cells.subarray(OUTCOME_CELLS).every((cell) => cell === 0)).toBe(true);
});
