import { addBelow, SERVICE_CELLS, ServiceCell, type SharedMemory } from '../../../common/contract/index.js';

/** The `maxInFlight` of services: one count over all workers, never above its limit by as much as one. */
export class PermitPool {
  private readonly services: Int32Array;
  private readonly own: Int32Array;

  /** @param worker Index of this thread's own cells. */
  constructor(memory: SharedMemory, worker: number) {
    this.services = memory.services;
    this.own = memory.workers[worker]!.servicePermits;
  }

  /** Takes a permit if one is free below `limit`. */
  take(slot: number, limit: number): boolean {
    const isTaken = addBelow(this.services, cellOf(slot), limit);
    if (isTaken) this.own[slot]! += 1;
    return isTaken;
  }

  /** Takes one whatever the limit is; returns how many are held with it. */
  takeBeyond(slot: number): number {
    this.own[slot]! += 1;
    return Atomics.add(this.services, cellOf(slot), 1) + 1;
  }

  isFree(slot: number, limit: number): boolean {
    return Atomics.load(this.services, cellOf(slot)) < limit;
  }

  giveBack(slot: number): void {
    this.own[slot]! -= 1;
    Atomics.sub(this.services, cellOf(slot), 1);
  }
}

function cellOf(slot: number): number {
  return slot * SERVICE_CELLS + ServiceCell.permits;
}
