import { isVelocityError } from '../../../common/errors/index.js';

const INTERVAL_MS = 60_000;

/** Removes what is old at `now` (Unix milliseconds), in small steps. */
export type Sweep = (now: number) => Promise<unknown>;

/** Removes records of this age, milliseconds; 0: they stay forever. */
export function olderThan(
  store: { removeBefore(before: number): Promise<number> },
  retentionMs: number,
): Sweep {
  return async (now) => {
    if (retentionMs > 0) await store.removeBefore(now - retentionMs);
  };
}

/** Removes log rows and roll-ups that are older than the retention, once a minute. */
export class RetentionSweeper {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;

  constructor(
    private readonly sweeps: readonly Sweep[],
    /** Told of a sweep that failed for another reason than a store that is away. */
    private readonly onFault: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.sweep(), INTERVAL_MS).unref();
  }

  /** Resolves when a sweep that runs has ended. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    await this.running;
  }

  /** One sweep now; a sweep that runs already is joined. Does nothing while the store is away. */
  sweep(): Promise<void> {
    this.running ??= this.removeOld().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async removeOld(): Promise<void> {
    try {
      for (const sweep of this.sweeps) await sweep(Date.now());
    } catch (error) {
      // The connection tells why it is away; the next sweep catches up.
      if (!isVelocityError(error, 'STORE_UNAVAILABLE')) this.onFault(error);
    }
  }
}
