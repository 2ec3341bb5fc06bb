import {
  BACKEND_CELLS,
  BackendCell,
  BackendState,
  CircuitCell,
  CircuitState,
  type SharedMemory,
} from '../../common/contract/index.js';
import { hasShare, isAvailable, isEnabled, isPrimary, isResting } from './availability.js';
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

  /** @param panicPercent With fewer of the backends available, those that rest because of traffic's outcomes serve, too. */
  build(
    backends: readonly BackendRuntime[],
    slowStartMs: number,
    nowMs: number,
    panicPercent = 0,
  ): BuiltRotation {
    const present = backends.filter((backend) => !backend.removed && hasShare(backend.snapshot));
    const usable = this.usable(present, panicPercent);
    const trials = present.filter((backend) => this.isOnTrial(backend));
    const primaries = usable.filter((backend) => isPrimary(backend.snapshot));
    const members = primaries.length > 0 ? primaries : usable;
    if (members.length === 0) return { rotation: { ...EMPTY_ROTATION, trials }, untilMs: 0 };
    if (slowStartMs === 0) {
      const warmth = members.map(() => FULLY_WARM);
      return { rotation: rotationOf(members, warmth, trials), untilMs: 0 };
    }
    const { warmth, changesInMs } = slowStartOf(
      members.map((backend) => this.ageMs(backend, nowMs)),
      slowStartMs,
    );
    const untilMs = changesInMs === 0 ? 0 : nowMs + changesInMs;
    return { rotation: rotationOf(members, warmth, trials), untilMs };
  }

  /** Bits of `BackendState`, index by index. */
  statesOf(backends: readonly BackendRuntime[]): Int32Array {
    const states = new Int32Array(backends.length);
    for (let index = 0; index < states.length; index++) {
      states[index] = Atomics.load(this.memory.backends, backends[index]!.row + BackendCell.state);
    }
    return states;
  }

  /** The available ones; and when they are too few, all that neither the operator nor a probe keeps out. */
  private usable(present: readonly BackendRuntime[], panicPercent: number): readonly BackendRuntime[] {
    const { memory } = this;
    const available = present.filter(({ snapshot }) => isAvailable(memory, snapshot.slot));
    const enabled = present.filter(({ snapshot }) => isEnabled(memory, snapshot.slot)).length;
    const isPanic = available.length * 100 < panicPercent * enabled;
    if (!isPanic) return available.length > 0 ? available : present.filter((one) => this.isOnlyEjected(one));
    return present.filter(
      ({ snapshot }) => isAvailable(memory, snapshot.slot) || isResting(memory, snapshot.slot),
    );
  }

  /** An ejection never leaves a service without backends, whatever happens to the others after it. */
  private isOnlyEjected({ row }: BackendRuntime): boolean {
    return Atomics.load(this.memory.backends, row + BackendCell.state) === BackendState.ejected;
  }

  private isOnTrial({ row }: BackendRuntime): boolean {
    const { backends } = this.memory;
    const circuit = Atomics.load(backends, row + BackendCell.circuit + CircuitCell.state);
    return (
      circuit === CircuitState.halfOpen &&
      Atomics.load(backends, row + BackendCell.state) === BackendState.open
    );
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
function rotationOf(
  members: readonly BackendRuntime[],
  warmth: readonly number[],
  trials: readonly BackendRuntime[],
): Rotation {
  const allWarm = warmth.every((tenths) => tenths === FULLY_WARM);
  const weights = members.map((backend, index) => backend.snapshot.weight * (allWarm ? 1 : warmth[index]!));
  return {
    backends: members,
    weights,
    totalWeight: weights.reduce((sum, weight) => sum + weight, 0),
    warmth,
    trials,
  };
}
