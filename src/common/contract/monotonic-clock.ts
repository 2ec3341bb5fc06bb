/**
 * Milliseconds of the machine's monotonic clock, with fraction, the same in every thread of the process.
 * `performance.now()` alone counts from each thread's own start.
 */
const OFFSET_MS = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now();

export function monotonicMs(): number {
  return performance.now() + OFFSET_MS;
}
