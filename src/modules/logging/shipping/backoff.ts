/** Growing pauses between tries: full jitter over base, doubled with each failure up to a maximum. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly baseMs: number,
    private readonly maxMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** The next pause, milliseconds. */
  next(): number {
    const ceiling = Math.min(this.maxMs, this.baseMs * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 30);
    return this.random() * ceiling;
  }

  reset(): void {
    this.failures = 0;
  }
}
