import {
  type BackendOutages,
  monotonicMs,
  SERVICE_CELLS,
  ServiceCell,
  type ServiceSnapshot,
  type SharedMemory,
} from '../../common/contract/index.js';
import { EMPTY_ROTATION, isSameRotation, type Rotation } from './rotation.js';
import { RotationBuilder } from './rotation.builder.js';
import { NO_PICTURE, type StatePicture } from './trace/state-picture.js';
import type { BackendRuntime } from './backend-runtime.js';

/**
 * The rotation of one service, built again when the service's epoch was moved, a step of slow start has passed, or an
 * ejection or the open time of a breaker is over. Otherwise asking costs one atomic load; the clock is read only while
 * somebody is warming or out.
 */
export class RotationCache {
  private readonly builder: RotationBuilder;
  private readonly cells: Int32Array;
  private readonly epochCell: number;
  /** Of the last rotation that `current` gave. */
  picture: StatePicture = NO_PICTURE;
  private rotation: Rotation = EMPTY_ROTATION;
  private isStale = true;
  private isSuperseded = false;
  private epoch = 0;
  private untilMs = 0;

  constructor(
    memory: SharedMemory,
    private readonly service: ServiceSnapshot,
    private readonly backends: readonly BackendRuntime[],
    private readonly outages: BackendOutages,
  ) {
    this.builder = new RotationBuilder(memory);
    this.cells = memory.services;
    this.epochCell = service.slot * SERVICE_CELLS + ServiceCell.epoch;
  }

  current(): Rotation {
    const isCurrent =
      !this.isStale &&
      Atomics.load(this.cells, this.epochCell) === this.epoch &&
      (this.untilMs === 0 || monotonicMs() < this.untilMs);
    return isCurrent ? this.rotation : this.rebuild();
  }

  /**
   * The service has a newer runtime. Exchanges between two attempts may still hold this one: for them every call builds
   * anew, so that backends removed since, by whichever snapshot, are left out.
   */
  supersede(): void {
    this.isSuperseded = true;
    this.isStale = true;
  }

  /**
   * The epoch is read before the states: a state that changes meanwhile has moved the epoch on, so the next pick
   * builds once more. A rotation that came out the same is kept, and with it what algorithms built from it.
   */
  private rebuild(): Rotation {
    this.epoch = Atomics.load(this.cells, this.epochCell);
    const nowMs = monotonicMs();
    // By its successor's settings, not by those that are over.
    const outUntilMs = this.isSuperseded ? 0 : this.outages.settle(this.service, nowMs);
    const { slowStartMs, policies } = this.service;
    const built = this.builder.build(this.backends, slowStartMs, nowMs, policies.breaker.panicPercent);
    this.picture = { backends: this.backends, states: this.builder.statesOf(this.backends) };
    if (!isSameRotation(this.rotation, built.rotation)) this.rotation = built.rotation;
    this.untilMs = earlier(built.untilMs, outUntilMs);
    this.isStale = this.isSuperseded;
    return this.rotation;
  }
}

/** 0 stands for never. */
function earlier(a: number, b: number): number {
  return a === 0 || (b !== 0 && b < a) ? b : a;
}
