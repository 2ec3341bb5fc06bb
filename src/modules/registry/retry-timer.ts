import { Backoff } from '../../common/backoff.js';

/** Calls back after a growing, jittered time for as long as it is scheduled again. */
export class RetryTimer {
  private timer: NodeJS.Timeout | null = null;

  /** @param backoff Default: at most 250 milliseconds at first, at most 10 seconds later. */
  constructor(
    private readonly action: () => void,
    private readonly backoff = new Backoff({ baseMs: 250, maxMs: 10_000 }),
  ) {}

  /** Does nothing while it is scheduled already. */
  schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.action();
    }, this.backoff.next()).unref();
  }

  /** After a success, or at the end: the next wait is a first one. */
  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.backoff.reset();
  }
}
