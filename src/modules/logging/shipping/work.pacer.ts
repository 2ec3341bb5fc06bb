import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Work that is not worth a pause. */
const LEAST_WORK_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** Others that are busy all the time must not keep this one from working for ever. */
const LONGEST_REST_MS = 1_000;
/** While more comes than goes. */
const HURRIED_SHARE = 0.9;

/**
 * Keeps a thread from working all the time: after each piece of work it rests, so that over time it has worked no more than
 * a share. What counts is what the whole thread did, also while this one rested.
 */
export class WorkPacer {
  private last: EventLoopUtilization = performance.eventLoopUtilization();

  /** @param share From 0 to 1. */
  constructor(private readonly share: number) {}

  /** Resolves when there has been rest enough. `isHurried`: nearly at once, as it is better to disturb others than to fall behind. */
  async rest(isHurried: boolean): Promise<void> {
    const share = isHurried ? Math.max(this.share, HURRIED_SHARE) : this.share;
    const { active } = performance.eventLoopUtilization(this.last);
    if (active < LEAST_WORK_MS) return;
    const end = performance.now() + LONGEST_REST_MS;
    for (let left = this.missing(share); left > 0 && performance.now() < end; left = this.missing(share)) {
      await pause(Math.min(LONGEST_PAUSE_MS, Math.ceil(left)));
    }
    this.last = performance.eventLoopUtilization();
  }

  /** Milliseconds of rest that are owed for the work since the last one. */
  private missing(share: number): number {
    const { active, idle } = performance.eventLoopUtilization(this.last);
    return (active * (1 - share)) / share - idle;
  }
}
