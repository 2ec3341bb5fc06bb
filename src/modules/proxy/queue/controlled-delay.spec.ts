import { describe, expect, it } from 'vitest';
import { ControlledDelay } from './controlled-delay.js';

const TARGET = { shedTargetMs: 100, shedIntervalMs: 1_000 };

function begun(): ControlledDelay {
  const delay = new ControlledDelay();
  delay.begin(0, TARGET.shedIntervalMs);
  return delay;
}

describe('ControlledDelay', () => {
  it('sheds nobody in a burst, be its waits as long as the interval', () => {
    const delay = begun();
    for (let nowMs = 0; nowMs < 1_000; nowMs += 10) {
      expect(delay.sheds(nowMs, TARGET)).toBe(false);
      delay.observe(nowMs, nowMs, TARGET);
    }
  });

  it('sheds who waited twice the target when the shortest wait of an interval was above it', () => {
    const delay = begun();
    for (let nowMs = 500; nowMs <= 1_000; nowMs += 100) delay.observe(150, nowMs, TARGET);
    expect([200, 201].map((waitedMs) => delay.sheds(waitedMs, TARGET))).toEqual([false, true]);
  });

  it('stops when one wait of a whole interval was short', () => {
    const delay = begun();
    delay.observe(150, 900, TARGET);
    delay.observe(150, 1_000, TARGET);
    expect(delay.sheds(1_000, TARGET)).toBe(true);
    delay.observe(90, 1_500, TARGET);
    delay.observe(400, 1_900, TARGET);
    expect(delay.sheds(1_000, TARGET)).toBe(true);
    delay.observe(400, 2_000, TARGET);
    expect(delay.sheds(1_000, TARGET)).toBe(false);
  });

  it('notices a service in which nobody gets a turn at all', () => {
    const delay = begun();
    for (let nowMs = 0; nowMs <= 1_000; nowMs += 25) delay.look(nowMs, nowMs, TARGET);
    expect(delay.sheds(1_000, TARGET)).toBe(true);
  });

  it('knows nothing of the past when somebody waits anew', () => {
    const delay = begun();
    delay.observe(150, 900, TARGET);
    delay.observe(150, 1_000, TARGET);
    delay.begin(2_000, TARGET.shedIntervalMs);
    expect(delay.sheds(1_000, TARGET)).toBe(false);
  });

  it('is off without a target', () => {
    const delay = begun();
    const off = { shedTargetMs: 0, shedIntervalMs: 0 };
    delay.observe(5_000, 5_000, off);
    delay.observe(5_000, 10_000, off);
    expect(delay.sheds(5_000, off)).toBe(false);
  });
});
