import { QUEUE_CELLS, type SharedMemory } from '../../../common/contract/index.js';
import type { Ticket } from './waiting.line.js';

/** Bits of a mark that hold the time: milliseconds, which begin anew after three days. The class stands above them. */
const TIME_BITS = 28;
const TIME_MASK = 2 ** TIME_BITS - 1;
const UNUSED_BITS = 32 - TIME_BITS;
export const NOBODY = 0;

/** Nobody is at the head of a line in any worker. */
export const NO_WORKER = -1;

/**
 * Who goes next over all workers: each shows the head of its own line, its class and since when it waits, in a cell that
 * the others read. Where clients take turns that is whoever's turn it is in its worker.
 */
export class TurnOrder {
  private readonly rows: readonly Int32Array[];
  private readonly bells: readonly Int32Array[];

  constructor(
    memory: SharedMemory,
    private readonly worker: number,
    /** Which head of {@link QueueCell}. */
    private readonly cell: number,
  ) {
    this.rows = memory.workers.map(({ queues }) => queues);
    this.bells = memory.workers.map(({ bell }) => bell);
  }

  /** Shows the others who goes first here. */
  show(slot: number, first: Ticket | null): void {
    const mark = first === null ? NOBODY : markOf(first.rank, first.sinceMs);
    Atomics.store(this.rows[this.worker]!, slot * QUEUE_CELLS + this.cell, mark);
  }

  /** The worker whose head goes first; {@link NO_WORKER}: nobody waits. This one, when it is as good. */
  first(slot: number): number {
    const at = slot * QUEUE_CELLS + this.cell;
    let first = this.worker;
    let best = Atomics.load(this.rows[first]!, at);
    for (let worker = 0; worker < this.rows.length; worker++) {
      const mark = Atomics.load(this.rows[worker]!, at);
      if (mark === NOBODY || (best !== NOBODY && !isBefore(mark, best))) continue;
      best = mark;
      first = worker;
    }
    return best === NOBODY ? NO_WORKER : first;
  }

  /** Has another worker look whether what its exchanges wait for is free. */
  ring(worker: number): void {
    const bell = this.bells[worker]!;
    Atomics.add(bell, 0, 1);
    Atomics.notify(bell, 0);
  }
}

/** Never {@link NOBODY}. */
export function markOf(rank: number, sinceMs: number): number {
  return ((rank + 1) << TIME_BITS) | (Math.floor(sinceMs) & TIME_MASK);
}

/** Whether one mark's holder goes before the other's. Right also when the time has begun anew between them. */
export function isBefore(mark: number, other: number): boolean {
  const rank = mark >>> TIME_BITS;
  const otherRank = other >>> TIME_BITS;
  return rank === otherRank ? (mark - other) << UNUSED_BITS < 0 : rank < otherRank;
}
