import { LATENCY_BUCKETS, latencyBoundUs, latencyPercentileUs } from '../../../common/contract/index.js';
import type { RollupSums } from './rollup.js';

/** What is said of some exchanges. Shares are from 0 to 1. */
export interface Figures {
  requests: number;
  errors: number;
  drops: number;
  retries: number;
  bytesIn: number;
  bytesOut: number;
  requestsPerSecond: number;
  errorShare: number;
  dropShare: number;
  /** Microseconds; 0: none is known. */
  meanUs: number;
  /** By percent, microseconds. From merged histograms, never from other percentiles. */
  percentilesUs: Record<string, number>;
}

/** How many exchanges took how long. */
export interface HistogramBucket {
  /** Microseconds, inclusive. */
  fromUs: number;
  /** Microseconds, exclusive; of the last one everything slower too. */
  toUs: number;
  count: number;
}

/** @param seconds Over which the rate is. */
export function figuresOf(sums: RollupSums, percentiles: readonly number[], seconds: number): Figures {
  const { requests, errors, drops, retries, bytesIn, bytesOut, totalUs } = sums;
  const counts = countsOf(sums.latency);
  const timed = counts.reduce((sum, count) => sum + count, 0);
  return {
    requests,
    errors,
    drops,
    retries,
    bytesIn,
    bytesOut,
    requestsPerSecond: seconds > 0 ? rounded(requests / seconds, 1_000) : 0,
    errorShare: shareOf(errors, requests),
    dropShare: shareOf(drops, requests),
    meanUs: timed > 0 ? Math.round(totalUs / timed) : 0,
    percentilesUs: Object.fromEntries(
      percentiles.map((percent) => [String(percent), latencyPercentileUs(counts, percent / 100)]),
    ),
  };
}

/** From the first bucket that has anything to the last one. */
export function histogramOf(latency: RollupSums['latency']): HistogramBucket[] {
  const counts = countsOf(latency);
  const first = counts.findIndex((count) => count > 0);
  if (first === -1) return [];
  const last = counts.findLastIndex((count) => count > 0);
  return Array.from(counts.slice(first, last + 1), (count, index) => ({
    fromUs: latencyBoundUs(first + index),
    toUs: latencyBoundUs(first + index + 1),
    count,
  }));
}

function countsOf(latency: RollupSums['latency']): Float64Array {
  const counts = new Float64Array(LATENCY_BUCKETS);
  for (const [bucket, count] of latency) counts[bucket] = count;
  return counts;
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? rounded(part / whole, 1_000_000) : 0;
}

function rounded(value: number, digits: number): number {
  return Math.round(value * digits) / digits;
}
