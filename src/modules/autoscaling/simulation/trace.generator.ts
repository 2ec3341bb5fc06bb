import { type LoadKind, type LoadTrace, traceOf } from './load.trace.js';

/** The values one after the other, each for an equal part of the time. */
export function steps(kind: LoadKind, values: readonly number[], durationMs: number): LoadTrace {
  const partMs = durationMs / values.length;
  return traceOf(
    kind,
    values.map((value, index) => ({ atMs: Math.round(index * partMs), value })),
    durationMs,
  );
}

/** Points of one wave. */
const WAVE_POINTS = 120;

/** From the low value to the high one and back, once in each period. */
export function sine(
  kind: LoadKind,
  { low, high, periodMs }: { low: number; high: number; periodMs: number },
  durationMs: number,
): LoadTrace {
  const stepMs = Math.max(1, Math.round(periodMs / WAVE_POINTS));
  const points = Array.from({ length: Math.ceil(durationMs / stepMs) }, (_, index) => {
    const angle = (2 * Math.PI * index * stepMs) / periodMs;
    const value = low + ((high - low) * (1 - Math.cos(angle))) / 2;
    // Cosines differ in their last bits from machine to machine; a thousandth of a request does not.
    return { atMs: index * stepMs, value: Math.round(value * 1_000) / 1_000 };
  });
  return traceOf(kind, points, durationMs);
}
