/** Tries before the thread sleeps: about as long as a holder that runs needs with 1,000 backends. */
const SPINS = 200;
/** Sleeps of {@link SLEEP_MS} and what the system adds, 60 ms in all: a holder that was preempted is off its core for some milliseconds. */
const SLEEPS = 400;
const SLEEP_MS = 0.1;

/**
 * Locks over all workers, one per cell, for steps that take well under a microsecond and never wait for anything.
 *
 * A cell names its holder, so that the lock of a worker that died with it is taken back. Nothing fails because of a lock:
 * after a bounded wait its taker goes on without, and is then only nearly exact.
 */
export class CellLock {
  private readonly holder: number;

  /** @param cells 0: free; otherwise the holder's worker index + 1. */
  constructor(
    private readonly cells: Int32Array,
    worker: number,
  ) {
    this.holder = worker + 1;
  }

  /** Whether the lock is held now. The caller goes on either way, and calls {@link release} either way. */
  acquire(cell: number): boolean {
    for (let spin = 0; spin < SPINS; spin++) if (this.take(cell)) return true;
    for (let sleep = 0; sleep < SLEEPS; sleep++) {
      this.sleepWhileHeld(cell);
      if (this.take(cell)) return true;
    }
    return false;
  }

  /** Frees the lock if this worker still holds it. */
  release(cell: number): void {
    Atomics.compareExchange(this.cells, cell, this.holder, 0);
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
