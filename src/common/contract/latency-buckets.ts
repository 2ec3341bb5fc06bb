/*
 * Histograms of latency: four buckets per doubling, from 64 microseconds to 134 seconds, so that a percentile read from
 * one is off by a quarter at most. Their cells are in the shared memory.
 */

/** Exponent of the first bound, and of the last. */
const FIRST_OCTAVE = 6;
const LAST_OCTAVE = 26;
const FASTEST_US = 2 ** FIRST_OCTAVE;
const SLOWEST_US = 2 ** (LAST_OCTAVE + 1) - 1;
const PER_OCTAVE = 4;

/** Used ones, rounded up to whole cache lines. */
export const LATENCY_BUCKETS = 88;

/** Where a latency is counted, in whole microseconds. On the hot path: a handful of integer operations. */
export function latencyBucket(latencyUs: number): number {
  if (latencyUs < FASTEST_US) return 0;
  const us = latencyUs > SLOWEST_US ? SLOWEST_US : latencyUs;
  const octave = 31 - Math.clz32(us);
  return 1 + (octave - FIRST_OCTAVE) * PER_OCTAVE + ((us >>> (octave - 2)) & (PER_OCTAVE - 1));
}

/** The least latency that is counted in a bucket, microseconds; of the bucket behind the last one: where it ends. */
export function latencyBoundUs(bucket: number): number {
  if (bucket <= 0) return 0;
  const step = bucket - 1;
  const start = 2 ** (FIRST_OCTAVE + Math.floor(step / PER_OCTAVE));
  return start + (start / PER_OCTAVE) * (step % PER_OCTAVE);
}

/**
 * The latency that this share of the responses did not exceed, microseconds; 0: there were none. `counts` is one
 * histogram; `share` is from 0 to 1. Responses are taken to lie evenly within their bucket.
 */
export function latencyPercentileUs(counts: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) total += counts[bucket]!;
  let left = total * share;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    const count = counts[bucket]!;
    if (count > 0 && left <= count) {
      const [from, to] = [latencyBoundUs(bucket), latencyBoundUs(bucket + 1)];
      return Math.round(from + (to - from) * (left / count));
    }
    left -= count;
  }
  return 0;
}
