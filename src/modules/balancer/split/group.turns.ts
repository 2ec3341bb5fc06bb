import { SHAPING_CELLS, ShapingCell, type SharedMemory } from '../../../common/contract/index.js';

/** Whose turn it is among the groups of a service, over all workers: each turn is given out exactly once. */
export class GroupTurns {
  private readonly cells: Int32Array;
  private readonly cell: number;

  constructor(memory: SharedMemory, serviceSlot: number) {
    this.cells = memory.shaping;
    this.cell = serviceSlot * SHAPING_CELLS + ShapingCell.groupTurn;
  }

  /** Takes a turn: its place in a sequence of this length. Wraps after 2^32 turns, which may then skip a few. */
  take(length: number): number {
    return (Atomics.add(this.cells, this.cell, 1) >>> 0) % length;
  }
}
