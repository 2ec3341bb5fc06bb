import { FULLY_WARM } from './rotation.js';

/** A step of slow start, and how long it still lasts. */
export interface SlowStart {
  /** 1 to {@link FULLY_WARM} tenths of the weight, index by index. */
  readonly warmth: readonly number[];
  /** Milliseconds until some backend's warmth changes; 0: nobody is warming. */
  readonly changesInMs: number;
}

const STEPS = FULLY_WARM - 1;

/**
 * How warm each backend is, from how long ago it entered rotation (milliseconds; Infinity: ever since).
 *
 * Only a backend that joins a service already being served is warmed up: one whose oldest peer had been in rotation
 * for the whole of `slowStartMs` when it entered. So nobody is in slow start when the balancer itself starts (all enter
 * within moments), after an outage of all, or once the peers that carried the load have gone: holding a backend back
 * then would only move the load to one that is as cold. The rule compares times of entry, which do not move,
 * therefore a backend that was not in slow start never falls into it later.
 *
 * The weight grows linearly from 10% to 100% in nine equal steps; 100% is reached exactly after `slowStartMs`.
 */
export function slowStartOf(ageMs: readonly number[], slowStartMs: number): SlowStart {
  const oldestMs = ageMs.reduce((oldest, age) => Math.max(oldest, age), 0);
  const warmth: number[] = [];
  let changesInMs = 0;
  for (const age of ageMs) {
    const isWarming = age < slowStartMs && oldestMs - age >= slowStartMs;
    const step = isWarming ? Math.floor((age * STEPS) / slowStartMs) : STEPS;
    warmth.push(1 + step);
    if (!isWarming) continue;
    const remainingMs = ((step + 1) * slowStartMs) / STEPS - age;
    if (changesInMs === 0 || remainingMs < changesInMs) changesInMs = remainingMs;
  }
  return { warmth, changesInMs };
}
