import type { WorkerSums } from './worker.sums.js';

/** What one row of counters gained since the last look, summed up over the workers. */
export class CounterWindow {
  readonly gained: Float64Array;
  /** As of the last look, since the row has its holder. */
  readonly totals: Float64Array;
  private isFirst = true;

  /** @param cells Of the row. */
  constructor(private readonly cells: number) {
    this.gained = new Float64Array(cells);
    this.totals = new Float64Array(cells);
  }

  /**
   * The first look finds nothing. A counter that fell was cleared for another holder of the row: it counts from 0.
   *
   * @param sums Of the table in which the row is that of `slot`.
   */
  look(sums: WorkerSums, slot: number): Float64Array {
    for (let cell = 0; cell < this.cells; cell++) {
      const now = sums.at(slot, cell);
      const before = this.totals[cell]!;
      this.gained[cell] = this.isFirst ? 0 : now < before ? now : now - before;
      this.totals[cell] = now;
    }
    this.isFirst = false;
    return this.gained;
  }
}
