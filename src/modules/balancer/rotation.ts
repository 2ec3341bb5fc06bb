import type { BackendRuntime } from './backend-runtime.js';

/** Warmth of a backend that has its whole weight: tenths. */
export const FULLY_WARM = 10;

/**
 * The available backends of a service now, in the order of the configuration. Immutable: a change of state makes a
 * new one, so an algorithm may keep what it built from a rotation for as long as it is given the same object.
 */
export interface Rotation {
  readonly backends: readonly BackendRuntime[];
  /** Effective weights now, positive integers, index by index. Only their proportions mean something (see slow start). */
  readonly weights: readonly number[];
  /** Sum of `weights`. */
  readonly totalWeight: number;
  /** Slow start alone, without the configured weight: 1 to {@link FULLY_WARM} tenths of a turn. */
  readonly warmth: readonly number[];
  /** Backends whose breaker is half-open: the next attempt goes there first, as a trial, as far as it allows one. */
  readonly trials: readonly BackendRuntime[];
}

export const EMPTY_ROTATION: Rotation = { backends: [], weights: [], totalWeight: 0, warmth: [], trials: [] };

/** Whether two rotations would lead to the same picks. */
export function isSameRotation(a: Rotation, b: Rotation): boolean {
  if (a.backends.length !== b.backends.length || a.trials.length !== b.trials.length) return false;
  for (let index = 0; index < a.backends.length; index++) {
    if (a.backends[index] !== b.backends[index] || a.weights[index] !== b.weights[index]) return false;
    if (a.warmth[index] !== b.warmth[index]) return false;
  }
  for (let index = 0; index < a.trials.length; index++) {
    if (a.trials[index] !== b.trials[index]) return false;
  }
  return true;
}

/** Whether a backend is in rotation that is none of these. */
export function hasOtherThan({ backends }: Rotation, tried: readonly BackendRuntime[]): boolean {
  for (let index = 0; index < backends.length; index++) if (!tried.includes(backends[index]!)) return true;
  return false;
}
