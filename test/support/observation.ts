import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;
const DEADLINE_MS = 20_000;
/** So many looks in a row must have seen the same. */
const CALM_LOOKS = 20;

/** What no event tells, because it is another party's or the kernel's: looked at again and again, within bounds. */
export class Observation {
  /** @param what Named by the error when it does not become true in time. */
  static async until(holds: () => boolean, what: string, deadlineMs = DEADLINE_MS): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`not so within ${deadlineMs} ms: ${what}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  /** The value at which a counter comes to rest. */
  static async standstill(read: () => number): Promise<number> {
    const deadline = performance.now() + DEADLINE_MS;
    let last = read();
    for (let calm = 0; calm < CALM_LOOKS; calm++) {
      if (performance.now() > deadline) throw new Error(`not at rest within ${DEADLINE_MS} ms: ${last}`);
      await pause(LOOK_EVERY_MS);
      const now = read();
      if (now !== last) calm = 0;
      last = now;
    }
    return last;
  }

  /** Lets everything that is ready happen, so many times over: a while that is as long on a busy machine as it must be. */
  static async turns(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await turn();
  }

  /** For tests about time itself: yields `count` times, each time so much later. */
  static async *every(ms: number, count: number): AsyncGenerator<number> {
    for (let index = 0; index < count; index++) {
      await pause(ms);
      yield index;
    }
  }
}
