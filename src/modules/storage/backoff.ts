/**
 * How long to wait before the next attempt: exponential with full jitter, so that several balancers which lost the
 * same store do not come back in step.
 */
export class Backoff {
  private attempts = 0;

  /** Both bounds in milliseconds. */
  constructor(
    private readonly baseMs = 200,
    private readonly maxMs = 5_000,
  ) {}

  /** Milliseconds, at least 20 so that a failure that comes at once does not spin. */
  next(): number {
    const ceiling = Math.min(this.maxMs, this.baseMs * 2 ** Math.min(this.attempts, 20));
    this.attempts++;
    return 20 + Math.random() * Math.max(0, ceiling - 20);
  }

  reset(): void {
    this.attempts = 0;
  }
}
