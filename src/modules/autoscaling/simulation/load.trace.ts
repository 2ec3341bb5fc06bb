/** `requestsPerSecond`: so many come, whatever becomes of them. `inFlight`: so many clients, each of which waits for its answer before it asks again. */
export const LOAD_KINDS = ['requestsPerSecond', 'inFlight'] as const;
export type LoadKind = (typeof LOAD_KINDS)[number];

/** Load over time: each value holds until the next point. */
export interface LoadTrace {
  readonly kind: LoadKind;
  /** At least one, the first at 0, in order. Milliseconds from the begin. */
  readonly points: readonly LoadPoint[];
  readonly durationMs: number;
}

export interface LoadPoint {
  readonly atMs: number;
  readonly value: number;
}

/** A last point has no next one that ends it: it holds as long as the one before, or this long when it is the only one. */
const ONLY_POINT_MS = 60_000;

export function traceOf(kind: LoadKind, points: readonly LoadPoint[], durationMs?: number): LoadTrace {
  const first = points[0]?.atMs ?? 0;
  const moved = points.map(({ atMs, value }) => ({ atMs: atMs - first, value }));
  const last = moved.at(-1)?.atMs ?? 0;
  const step = moved.length > 1 ? last - moved.at(-2)!.atMs : ONLY_POINT_MS;
  return { kind, points: moved, durationMs: durationMs ?? last + step };
}

/** Reads a trace forwards. */
export class TraceCursor {
  private index = 0;

  constructor(private readonly trace: LoadTrace) {}

  /** `atMs` must not be before that of the last call. */
  at(atMs: number): number {
    const { points } = this.trace;
    while ((points[this.index + 1]?.atMs ?? Infinity) <= atMs) this.index++;
    return points[this.index]!.value;
  }
}
