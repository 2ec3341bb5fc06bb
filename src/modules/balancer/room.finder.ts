import type { SharedMemory } from '../../common/contract/index.js';
import { hasRoom } from './availability.js';
import type { BackendRuntime } from './backend-runtime.js';
import type { Rotation } from './rotation.js';

/** Which backends of a service with `maxInFlight` at its backends a pick must pass over. */
export class RoomFinder {
  /** Given out until the next look: nothing is allocated for a pick. */
  private readonly passedOver: BackendRuntime[] = [];

  constructor(private readonly memory: SharedMemory) {}

  /**
   * The full ones, and what was tried while there is anything else; null: nothing is left, as all that were not tried are
   * full. Valid until the next call.
   */
  toAvoid({ backends }: Rotation, tried: readonly BackendRuntime[]): readonly BackendRuntime[] | null {
    const { passedOver } = this;
    passedOver.length = 0;
    let untried = 0;
    let left = 0;
    for (let index = 0; index < backends.length; index++) {
      const backend = backends[index]!;
      const isTried = tried.includes(backend);
      if (!isTried) untried++;
      if (isTried || !hasRoom(this.memory, backend)) passedOver.push(backend);
      else left++;
    }
    if (untried > 0) return left === 0 ? null : passedOver;
    return this.full(backends);
  }

  /** Everything was tried, so that it may be tried again. */
  private full(backends: readonly BackendRuntime[]): readonly BackendRuntime[] | null {
    const { passedOver } = this;
    passedOver.length = 0;
    for (let index = 0; index < backends.length; index++) {
      if (!hasRoom(this.memory, backends[index]!)) passedOver.push(backends[index]!);
    }
    return passedOver.length === backends.length ? null : passedOver;
  }
}
