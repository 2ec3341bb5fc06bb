import {
  addBelow,
  QUEUE_CELLS,
  QueueCell,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
} from '../../../common/contract/index.js';

/** The places of the services' queues: bounded over all workers, whatever is waited for. */
export class WaitingPlaces {
  private readonly services: Int32Array;
  private readonly own: Int32Array;

  /** @param worker Index of this thread's own cells. */
  constructor(memory: SharedMemory, worker: number) {
    this.services = memory.services;
    this.own = memory.workers[worker]!.queues;
  }

  /** Takes a place if one of `size` is free. */
  take(slot: number, size: number, forPermit: boolean): boolean {
    const isTaken = addBelow(this.services, slot * SERVICE_CELLS + ServiceCell.waiting, size);
    if (isTaken) this.count(slot, 1, forPermit);
    return isTaken;
  }

  giveBack(slot: number, forPermit: boolean): void {
    this.count(slot, -1, forPermit);
    Atomics.sub(this.services, slot * SERVICE_CELLS + ServiceCell.waiting, 1);
  }

  /** Whether somebody waits for a permit, in whichever worker. */
  areAwaited(slot: number): boolean {
    return Atomics.load(this.services, slot * SERVICE_CELLS + ServiceCell.permitsAwaited) > 0;
  }

  /** Whether somebody waits for anything, in whichever worker. */
  areTaken(slot: number): boolean {
    return Atomics.load(this.services, slot * SERVICE_CELLS + ServiceCell.waiting) > 0;
  }

  private count(slot: number, change: number, forPermit: boolean): void {
    const share = forPermit ? QueueCell.permitsAwaited : QueueCell.backendsAwaited;
    Atomics.add(this.own, slot * QUEUE_CELLS + share, change);
    if (forPermit) Atomics.add(this.services, slot * SERVICE_CELLS + ServiceCell.permitsAwaited, change);
  }
}
