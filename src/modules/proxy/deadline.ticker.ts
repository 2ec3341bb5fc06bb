import { monotonicMs } from '../../common/contract/index.js';

/** Something that may take too long. */
export interface Timed {
  /** Monotonic milliseconds; a plain field, so that moving it on (for every piece of a body) costs nothing. */
  deadlineMs: number;
  onDeadline(nowMs: number): void;
}

/**
 * One coarse timer for all deadlines of a thread: every tick looks at each exchange that runs. A Node timer per deadline
 * would be started and stopped several times per request. Deadlines are met at most one tick late.
 */
export class DeadlineTicker {
  private readonly timed = new Set<Timed>();
  private timer: NodeJS.Timeout | null = null;
  private coarseMs = monotonicMs();

  /** `resolutionMs`: time between two ticks. */
  constructor(private readonly resolutionMs = 50) {}

  /** The time of the last tick or `add`: good enough to count idle time from. */
  get nowMs(): number {
    return this.coarseMs;
  }

  /** How many are watched. */
  get size(): number {
    return this.timed.size;
  }

  add(timed: Timed): void {
    this.coarseMs = monotonicMs();
    this.timed.add(timed);
    if (this.timer !== null) return;
    this.timer = setInterval(() => this.tick(), this.resolutionMs);
    this.timer.unref();
  }

  /** The timer rests while there is nothing to watch. */
  remove(timed: Timed): void {
    this.timed.delete(timed);
  }

  close(): void {
    this.timed.clear();
    this.rest();
  }

  private tick(): void {
    this.coarseMs = monotonicMs();
    if (this.timed.size === 0) return this.rest();
    for (const timed of this.timed) {
      if (timed.deadlineMs <= this.coarseMs) timed.onDeadline(this.coarseMs);
    }
  }

  private rest(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
