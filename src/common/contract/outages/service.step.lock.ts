import { CellLock } from '../cell.lock.js';
import { SERVICE_CELLS, ServiceCell, type SharedMemory } from '../shared-memory.js';
import type { StepLock } from './outcome.window.js';

/** The lock of a service, by its slot: the one that picks which compare counts take, too. */
export class ServiceStepLock implements StepLock {
  private readonly lock: CellLock;

  constructor(memory: SharedMemory, worker: number) {
    this.lock = new CellLock(memory.services, worker);
  }

  /** Goes on without the lock after a bounded wait, as all its takers do. */
  acquire(serviceSlot: number): void {
    this.lock.acquire(serviceSlot * SERVICE_CELLS + ServiceCell.lock);
  }

  release(serviceSlot: number): void {
    this.lock.release(serviceSlot * SERVICE_CELLS + ServiceCell.lock);
  }
}
