import type { RollupSums } from './rollup.js';

export function emptySums(): RollupSums {
  return {
    requests: 0,
    errors: 0,
    drops: 0,
    retries: 0,
    bytesIn: 0,
    bytesOut: 0,
    totalUs: 0,
    latency: new Map(),
  };
}

/** Adds all of `other`; its histogram only when it is wanted, as it is the dearest part. */
export function addSums(sums: RollupSums, other: Readonly<RollupSums>, latency = true): void {
  sums.requests += other.requests;
  sums.errors += other.errors;
  sums.drops += other.drops;
  sums.retries += other.retries;
  sums.bytesIn += other.bytesIn;
  sums.bytesOut += other.bytesOut;
  sums.totalUs += other.totalUs;
  if (!latency) return;
  for (const [bucket, count] of other.latency) {
    sums.latency.set(bucket, (sums.latency.get(bucket) ?? 0) + count);
  }
}
