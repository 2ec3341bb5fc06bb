import {
  SERVICE_CELLS,
  ServiceCell,
  SHAPING_CELLS,
  ShapingCell,
  type SharedMemory,
} from '../../common/contract/index.js';

const HALF_RANGE = 2 ** 31;

/**
 * The position of round robin, one for all workers: each turn is given out exactly once.
 *
 * The cell counts on through 32 bits. Before it wraps, which would skip turns wherever the length does not divide
 * 2^32, it is set back by whole cycles: as soon as it is past half of its range, by whoever comes first.
 */
export class TurnCursor {
  private readonly cells: Int32Array;
  private readonly cell: number;

  /** @param group Index of a group of the service, which has its own turns; null: those of the service as a whole. */
  constructor(memory: SharedMemory, serviceSlot: number, group: number | null = null) {
    this.cells = group === null ? memory.services : memory.shaping;
    this.cell =
      group === null
        ? serviceSlot * SERVICE_CELLS + ServiceCell.cursor
        : serviceSlot * SHAPING_CELLS + ShapingCell.groupCursors + group;
  }

  /** Takes a turn: its place in a sequence of this length. */
  take(length: number): number {
    const position = Atomics.add(this.cells, this.cell, 1);
    if (position >= 0) return position % length;
    this.setBack(length);
    return (position >>> 0) % length;
  }

  /** The next turn's place, without taking it. */
  peek(length: number): number {
    return (Atomics.load(this.cells, this.cell) >>> 0) % length;
  }

  /** Goes on from a place. Only for a caller that holds the service's lock. */
  moveTo(place: number): void {
    Atomics.store(this.cells, this.cell, place);
  }

  /** The exchange fails when another worker took a turn or set back meanwhile; a later turn will do it then. */
  private setBack(length: number): void {
    const position = Atomics.load(this.cells, this.cell);
    if (position >= 0) return;
    const wholeCycles = Math.floor(HALF_RANGE / length) * length;
    Atomics.compareExchange(this.cells, this.cell, position, ((position >>> 0) - wholeCycles) | 0);
  }
}
