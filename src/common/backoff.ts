/** A failure that comes back at once must not make its caller spin. */
const SHORTEST_MS = 20;
/** 2 to the power of this is beyond any maximum. */
const MAX_DOUBLINGS = 30;

export interface BackoffLimits {
  /** Upper bound of the first pause, milliseconds; doubled with each failure. */
  readonly baseMs: number;
  /** Upper bound of any pause, milliseconds. */
  readonly maxMs: number;
  /** From 0 to 1, evenly. Default: Math.random. */
  readonly random?: () => number;
}

/**
 * Growing pauses between tries: exponential with full jitter, so that many who lost the same thing do not come back
 * in step.
 */
export class Backoff {
  private failures = 0;

  constructor(private readonly limits: BackoffLimits) {}

  /** The next pause: at least 20 milliseconds, unless the maximum is shorter. */
  next(): number {
    const { baseMs, maxMs, random = Math.random } = this.limits;
    const ceiling = Math.min(maxMs, baseMs * 2 ** this.failures);
    const floor = Math.min(SHORTEST_MS, ceiling);
    this.failures = Math.min(this.failures + 1, MAX_DOUBLINGS);
    return floor + random() * (ceiling - floor);
  }

  /** After a success: the next pause is a first one. */
  reset(): void {
    this.failures = 0;
  }
}
