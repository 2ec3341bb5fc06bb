import type { BackendRuntime } from '../backend-runtime.js';

/**
 * The states of all backends of a set when its rotation was last looked at: why those are out that are. Immutable, so it
 * may be kept by whoever has to tell later.
 */
export interface StatePicture {
  readonly backends: readonly BackendRuntime[];
  /** Bits of `BackendState`, index by index. */
  readonly states: Int32Array;
}

export const NO_PICTURE: StatePicture = { backends: [], states: new Int32Array(0) };
