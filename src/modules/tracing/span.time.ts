import type { HrTime } from '@opentelemetry/api';

/** A moment so many microseconds after a Unix time in milliseconds. */
export function momentAfter(unixMs: number, us: number): HrTime {
  const totalUs = (unixMs % 1_000) * 1_000 + us;
  return [Math.floor(unixMs / 1_000) + Math.floor(totalUs / 1_000_000), (totalUs % 1_000_000) * 1_000];
}
