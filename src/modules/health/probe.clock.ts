import { monotonicMs } from '../../common/contract/index.js';

/** Where the scheduler takes the time and its jitter from. */
export interface ProbeClock {
  /** Monotonic milliseconds, for schedules. */
  now(): number;
  /** Unix milliseconds, for people. */
  unixMs(): number;
  /** From 0 to 1, evenly. */
  random(): number;
}

export const SYSTEM_CLOCK: ProbeClock = {
  now: monotonicMs,
  unixMs: Date.now,
  random: Math.random,
};
