import {
  ADMIN_BITS,
  BACKEND_CELLS,
  BackendCell,
  type BackendSnapshot,
  isOutByTraffic,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { BackendRuntime } from './backend-runtime.js';

/*
 * The predicates that say who may be given an exchange. Everything that decides or shows it asks here, so that
 * a new reason to be out is a new state bit and no new condition anywhere.
 */

/** Nothing keeps the backend out: it is enabled, healthy, not ejected, and its breaker is closed. One atomic load. */
export function isAvailable(memory: SharedMemory, slot: number): boolean {
  return stateOf(memory, slot) === 0;
}

/** It would be available but for how live traffic went there: ejected, or its breaker is not closed. */
export function isResting(memory: SharedMemory, slot: number): boolean {
  return isOutByTraffic(stateOf(memory, slot));
}

/** The operator wants it to serve. */
export function isEnabled(memory: SharedMemory, slot: number): boolean {
  return (stateOf(memory, slot) & ADMIN_BITS) === 0;
}

function stateOf(memory: SharedMemory, slot: number): number {
  return Atomics.load(memory.backends, slot * BACKEND_CELLS + BackendCell.state);
}

/** The configuration gives it a share at all: weight 0 is probed, but takes nothing new. */
export function hasShare(backend: BackendSnapshot): boolean {
  return backend.weight > 0;
}

/** May be in rotation while there is any like it. */
export function isPrimary(backend: BackendSnapshot): boolean {
  return !backend.backup;
}

/** It runs fewer exchanges than its `maxInFlight`, over all workers. */
export function hasRoom(memory: SharedMemory, { snapshot, row }: BackendRuntime): boolean {
  const { maxInFlight } = snapshot;
  return maxInFlight === 0 || Atomics.load(memory.backends, row + BackendCell.inFlight) < maxInFlight;
}
