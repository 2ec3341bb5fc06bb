import { SERVICE_CELLS, ServiceCell, type SharedMemory } from '../../common/contract/index.js';

/** Tries before the thread sleeps: about as long as a holder that runs needs with 1,000 backends. */
const SPINS = 200;
/** Sleeps of {@link SLEEP_MS} and what the system adds, 60 ms in all: a holder that was preempted is off its core for some milliseconds. */
const SLEEPS = 400;
const SLEEP_MS = 0.1;

/**
 * Makes "compare counts, choose, count" one step over all workers, for one service. Held for well under a microsecond
 * with ten backends, and never across anything that waits.
 *
 * The cell names its holder, so that the lock of a worker that died with it is taken back. A pick never fails because of
 * a lock: after a bounded wait it goes on without, and is then only nearly exact.
 */
export class ServiceLock {
  private readonly cells: Int32Array;
  private readonly holder: number;

  constructor(memory: SharedMemory, worker: number) {
    this.cells = memory.services;
    this.holder = worker + 1;
  }

  /** Whether the lock is held now. The caller goes on either way, and calls {@link release} either way. */
  acquire(serviceSlot: number): boolean {
    const cell = serviceSlot * SERVICE_CELLS + ServiceCell.lock;
    for (let spin = 0; spin < SPINS; spin++) if (this.take(cell)) return true;
    for (let sleep = 0; sleep < SLEEPS; sleep++) {
      this.sleepWhileHeld(cell);
      if (this.take(cell)) return true;
    }
    return false;
  }

  /** Frees the lock if this worker still holds it. */
  release(serviceSlot: number): void {
    Atomics.compareExchange(this.cells, serviceSlot * SERVICE_CELLS + ServiceCell.lock, this.holder, 0);
  }

  private take(cell: number): boolean {
    return Atomics.compareExchange(this.cells, cell, 0, this.holder) === 0;
  }

  /** Gives the core to the holder. Nobody is woken on release, which would make every release a system call. */
  private sleepWhileHeld(cell: number): void {
    const holder = Atomics.load(this.cells, cell);
    if (holder !== 0) Atomics.wait(this.cells, cell, holder, SLEEP_MS);
  }
}
