/** Beyond so many times the target nobody has to wait while the queue stands. */
const SLOUGH = 2;

/**
 * Tells a burst, which a queue is there for, from a queue that stands: one in which even the shortest wait of a whole
 * interval was above the target (RFC 8289 sections 3.2 and 4.1). Who waited for twice the target then is shed, as it is done
 * for requests instead of packets (Maurer, "Fail at Scale", ACM Queue 13(8), 2015; folly's `Codel`): a packet's sender slows
 * down by a loss, a client does not, so the sparse and growing drops of section 4.2 would not end an overload.
 */
export class ControlledDelay {
  private shortestMs = Infinity;
  private intervalEndMs = 0;
  private stands = false;

  /** Somebody waits where nobody did. */
  begin(nowMs: number, intervalMs: number): void {
    this.stands = false;
    this.shortestMs = Infinity;
    this.intervalEndMs = nowMs + intervalMs;
  }

  /** Somebody gets a turn after having waited for so long. */
  observe(waitedMs: number, nowMs: number, target: DelayTarget): void {
    this.judge(nowMs, this.shortestMs, target);
    if (waitedMs < this.shortestMs) this.shortestMs = waitedMs;
  }

  /** Time passes, be there turns or not. `waitedMs`: how long the first one has waited by now. */
  look(waitedMs: number, nowMs: number, target: DelayTarget): void {
    this.judge(nowMs, Math.min(this.shortestMs, waitedMs), target);
  }

  sheds(waitedMs: number, { shedTargetMs }: DelayTarget): boolean {
    return this.stands && shedTargetMs > 0 && waitedMs > SLOUGH * shedTargetMs;
  }

  private judge(nowMs: number, shortestMs: number, { shedTargetMs, shedIntervalMs }: DelayTarget): void {
    if (nowMs < this.intervalEndMs) return;
    // Without a turn for a whole interval, and nobody looked: that says nothing of how long they take.
    this.stands = shortestMs !== Infinity && shortestMs > shedTargetMs;
    this.shortestMs = Infinity;
    this.intervalEndMs = nowMs + shedIntervalMs;
  }
}

/** Of a {@link QueuePolicy}. */
export interface DelayTarget {
  readonly shedTargetMs: number;
  readonly shedIntervalMs: number;
}
