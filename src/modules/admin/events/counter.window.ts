/** What one row of counters gained since the last look, summed up over the workers. */
export class CounterWindow {
  readonly gained: Float64Array;
  private readonly before: Float64Array;
  private isFirst = true;

  /** @param cells Of the row. */
  constructor(private readonly cells: number) {
    this.gained = new Float64Array(cells);
    this.before = new Float64Array(cells);
  }

  /**
   * The first look finds nothing. A counter that fell was cleared for another holder of the row: it counts from 0.
   *
   * @param regions One per worker.
   * @param row Where the row begins in each of them.
   */
  look(regions: readonly Float64Array[], row: number): Float64Array {
    for (let cell = 0; cell < this.cells; cell++) {
      let sum = 0;
      for (const region of regions) sum += region[row + cell]!;
      const before = this.before[cell]!;
      this.gained[cell] = this.isFirst ? 0 : sum < before ? sum : sum - before;
      this.before[cell] = sum;
    }
    this.isFirst = false;
    return this.gained;
  }

  /** Of the last look, since the row has its holder. */
  total(cell: number): number {
    return this.before[cell]!;
  }
}
