import { CellLock, SERVICE_CELLS, ServiceCell, type SharedMemory } from '../../common/contract/index.js';

/**
 * Makes "compare counts, choose, count" one step over all workers, for one service. Held for well under a microsecond
 * with ten backends.
 */
export class ServiceLock {
  private readonly lock: CellLock;

  constructor(memory: SharedMemory, worker: number) {
    this.lock = new CellLock(memory.services, worker);
  }

  /** Whether the lock is held now. The caller goes on either way, and calls {@link release} either way. */
  acquire(serviceSlot: number): boolean {
    return this.lock.acquire(serviceSlot * SERVICE_CELLS + ServiceCell.lock);
  }

  /** Frees the lock if this worker still holds it. */
  release(serviceSlot: number): void {
    this.lock.release(serviceSlot * SERVICE_CELLS + ServiceCell.lock);
  }
}
