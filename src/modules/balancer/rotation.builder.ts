import { BACKEND_CELLS, BackendCell, type SharedMemory } from '../../common/contract/index.js';
import { hasShare, isAvailable, isPrimary } from './availability.js';
import { EMPTY_ROTATION, FULLY_WARM, type Rotation } from './rotation.js';
import type { BackendRuntime } from './backend-runtime.js';
import { slowStartOf } from './slow-start.js';

export interface BuiltRotation {
  readonly rotation: Rotation;
  /** Monotonic milliseconds at which slow start changes the weights; 0: never. */
  readonly untilMs: number;
}

const MS_PER_DS = 100;

/** Reads the backends' states and makes the rotation of a service. Not on the hot path: runs when a state has changed. */
export class RotationBuilder {
  constructor(private readonly memory: SharedMemory) {}

  build(backends: readonly BackendRuntime[], slowStartMs: number, nowMs: number): BuiltRotation {
    const usable = backends.filter((backend) => this.isUsable(backend));
    const primaries = usable.filter((backend) => isPrimary(backend.snapshot));
    const members = primaries.length > 0 ? primaries : usable;
    if (members.length === 0) return { rotation: EMPTY_ROTATION, untilMs: 0 };
    if (slowStartMs === 0)
      return {
        rotation: rotationOf(
          members,
          members.map(() => FULLY_WARM),
        ),
        untilMs: 0,
      };
    const { warmth, changesInMs } = slowStartOf(
      members.map((backend) => this.ageMs(backend, nowMs)),
      slowStartMs,
    );
    return { rotation: rotationOf(members, warmth), untilMs: changesInMs === 0 ? 0 : nowMs + changesInMs };
  }

  private isUsable(backend: BackendRuntime): boolean {
    return !backend.removed && hasShare(backend.snapshot) && isAvailable(this.memory, backend.snapshot.slot);
  }

  /** Time in rotation, in the cell's steps of a tenth of a second. The difference is right also when the clock has wrapped. */
  private ageMs(backend: BackendRuntime, nowMs: number): number {
    const sinceDs = Atomics.load(
      this.memory.backends,
      backend.snapshot.slot * BACKEND_CELLS + BackendCell.warmingSinceDs,
    );
    if (sinceDs === 0) return Infinity;
    const ageDs = (Math.floor(nowMs / MS_PER_DS) - sinceDs) | 0;
    return Math.max(0, ageDs * MS_PER_DS);
  }
}

/** Weights stay integers: tenths while somebody is warming, the configured ones otherwise. */
function rotationOf(members: readonly BackendRuntime[], warmth: readonly number[]): Rotation {
  const allWarm = warmth.every((tenths) => tenths === FULLY_WARM);
  const weights = members.map((backend, index) => backend.snapshot.weight * (allWarm ? 1 : warmth[index]!));
  return {
    backends: members,
    weights,
    totalWeight: weights.reduce((sum, weight) => sum + weight, 0),
    warmth,
  };
}
