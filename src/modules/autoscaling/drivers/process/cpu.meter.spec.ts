import { expect, it } from 'vitest';
import { CpuMeter } from './cpu.meter.js';

it('measures over the last seconds, and knows nothing from one sample', () => {
  const meter = new CpuMeter();
  expect(meter.share).toBe(null);
  meter.sample(0, 0);
  expect(meter.share).toBe(null);
  meter.sample(2_000, 2_000);
  expect(meter.share).toBe(1);
  meter.sample(4_000, null);
  meter.sample(8_000, 5_000);
  // From 2,000 on: what is older than six seconds does not count.
  expect(meter.share).toBe(0.5);
  meter.sample(9_000, 1_000);
  expect(meter.share).toBe(0);
});
