const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** Calls back after a growing, jittered time for as long as it is scheduled again. */
export class RetryTimer {
  private timer: NodeJS.Timeout | null = null;
  private delayMs = FIRST_MS;

  constructor(private readonly action: () => void) {}

  schedule(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.action();
      },
      this.delayMs * (0.5 + Math.random() / 2),
    ).unref();
    this.delayMs = Math.min(LONGEST_MS, this.delayMs * 2);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.delayMs = FIRST_MS;
  }
}
