import { expect, it } from 'vitest';
import { CrashLoop } from './crash.loop.js';

it('the first failure waits for nothing, the next ones for longer and longer, up to a minute', () => {
  const loop = new CrashLoop();
  let now = 1_000_000;
  const pauses = Array.from({ length: 10 }, () => {
    loop.died(now, 0);
    const pause = loop.waitMs(now);
    now += pause + 50;
    return pause;
  });
  expect(pauses[0]).toBe(0);
  const bounds = [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000);
  for (const [index, most] of bounds.entries()) {
    expect(pauses[index + 1]).toBeGreaterThanOrEqual(most / 2);
    expect(pauses[index + 1]).toBeLessThanOrEqual(most);
  }
});

it('begins anew when one has served for a while, and not because of one that did before', () => {
  const loop = new CrashLoop();
  loop.died(100_000, 0);
  loop.died(100_100, 0);
  expect(loop.count).toBe(2);
  loop.serves(90_000, 200_000);
  expect(loop.count).toBe(2);
  loop.serves(110_000, 120_000);
  expect(loop.count).toBe(0);
  loop.died(130_000, 0);
  expect(loop.waitMs(130_000)).toBe(0);
});

it('one that had served for a while is replaced at once, however many failed before it', () => {
  const loop = new CrashLoop();
  for (const now of [1_000, 2_000, 9_000]) loop.died(now, 0);
  loop.died(300_000, 60_000);
  expect(loop.waitMs(300_000)).toBe(0);
  expect(loop.count).toBe(1);
});
