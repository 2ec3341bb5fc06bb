import { describe, expect, it } from 'vitest';
import { LATENCY_BUCKETS, latencyBoundUs, latencyBucket, latencyPercentileUs } from './latency-buckets.js';

describe('latency buckets', () => {
  it('hold each latency between their bounds, in order, and end within the row', () => {
    let last = 0;
    for (let us = 0; us < 2 ** 27; us = Math.ceil((us + 1) * 1.01)) {
      const bucket = latencyBucket(us);
      expect(bucket).toBeGreaterThanOrEqual(last);
      expect(latencyBoundUs(bucket)).toBeLessThanOrEqual(us);
      expect(latencyBoundUs(bucket + 1)).toBeGreaterThan(us);
      last = bucket;
    }
    expect(latencyBucket(Number.MAX_SAFE_INTEGER)).toBeLessThan(LATENCY_BUCKETS);
    expect(latencyBucket(Number.MAX_SAFE_INTEGER)).toBe(latencyBucket(2 ** 27 - 1));
  });

  it('give percentiles that are off by a quarter of their value at most', () => {
    const latencies = Array.from({ length: 5_000 }, (_, index) => Math.round(100 * 1.002 ** index));
    const counts = new Float64Array(LATENCY_BUCKETS);
    for (const latency of latencies) counts[latencyBucket(latency)]! += 1;
    for (const share of [0.01, 0.5, 0.9, 0.99, 0.999]) {
      const exact = latencies[Math.ceil(share * latencies.length) - 1]!;
      expect(Math.abs(latencyPercentileUs(counts, share) / exact - 1)).toBeLessThan(0.25);
    }
    expect(latencyPercentileUs(new Float64Array(LATENCY_BUCKETS), 0.99)).toBe(0);
  });
});
