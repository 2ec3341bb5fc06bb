import { BackendCell, monotonicMs, type SharedMemory } from '../../common/contract/index.js';
import type { BackendRuntime } from './backend-runtime.js';

/** After this time an observation has lost 1 - 1/e of its influence. */
const DECAY_MS = 10_000;
const MAX_US = 2 ** 31 - 1;

/**
 * The peak-sensitive moving average of each backend's latency, shared by all workers: a slower response counts at once
 * and in full, faster ones bring it down only gradually. Two workers that write at the same moment may lose one observation.
 */
export class LatencyAverage {
  private readonly cells: Int32Array;

  constructor(memory: SharedMemory) {
    this.cells = memory.backends;
  }

  /** Takes in one latency, microseconds. */
  observe(backend: BackendRuntime, latencyUs: number): void {
    const row = backend.row;
    const nowMs = monotonicMs() | 0;
    const observed = Math.min(MAX_US, Math.max(1, Math.round(latencyUs)));
    const before = Atomics.load(this.cells, row + BackendCell.ewmaUs);
    const after = observed >= before ? observed : before + this.step(row, nowMs, observed - before);
    // Not written while the step is below a whole microsecond: the time goes on to count, and no fall is lost to rounding.
    if (after === before && observed < before) return;
    Atomics.store(this.cells, row + BackendCell.ewmaUs, after);
    Atomics.store(this.cells, row + BackendCell.ewmaAtMs, nowMs);
  }

  /** Microseconds, decayed by the time since the last observation, so that a slow backend is tried again; 0: never observed. */
  read(backend: BackendRuntime, nowMs: number): number {
    const row = backend.row;
    const average = Atomics.load(this.cells, row + BackendCell.ewmaUs);
    return average * Math.exp(-this.elapsed(row, nowMs | 0) / DECAY_MS);
  }

  private step(row: number, nowMs: number, difference: number): number {
    return Math.trunc(difference * (1 - Math.exp(-this.elapsed(row, nowMs) / DECAY_MS)));
  }

  private elapsed(row: number, nowMs: number): number {
    return Math.max(0, (nowMs - Atomics.load(this.cells, row + BackendCell.ewmaAtMs)) | 0);
  }
}
