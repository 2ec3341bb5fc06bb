import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Work that is not worth a pause. */
const LEAST_WORK_MS = 10;
const LONGEST_PAUSE_MS = 250;

/**
 * Keeps a thread from working all the time: after each piece of work it rests, so that over time it has worked no more than
 * a share. What counts is what the whole thread did, also the answers that it got from a store.
 */
export class WorkPacer {
  private last: EventLoopUtilization = performance.eventLoopUtilization();

  /** @param share From 0 to 1. */
  constructor(private readonly share: number) {}

  async rest(): Promise<void> {
    const { active } = performance.eventLoopUtilization(this.last);
    if (active < LEAST_WORK_MS) return;
    await pause(Math.min(LONGEST_PAUSE_MS, (active * (1 - this.share)) / this.share));
    this.last = performance.eventLoopUtilization();
  }
}
