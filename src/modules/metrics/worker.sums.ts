/** Sums of a table of counters over all workers. Read without atomics: each cell has one writer, and is one aligned double. */
export class WorkerSums {
  /**
   * @param regions One per worker: [slots x cells].
   * @param cells Cells per slot.
   */
  constructor(
    private readonly regions: readonly Float64Array[],
    private readonly cells: number,
  ) {}

  at(slot: number, cell: number): number {
    const index = slot * this.cells + cell;
    let sum = 0;
    for (const region of this.regions) sum += region[index]!;
    return sum;
  }
}
