/**
 * What the main thread must know of the log store at the moment when that dies: two counts of records in shared memory, which
 * the log store alone writes.
 */
export class LogStoreCells {
  private readonly cells: Float64Array;

  constructor(readonly buffer = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT)) {
    this.cells = new Float64Array(buffer);
  }

  /** Records of all batches that it has taken over. */
  get taken(): number {
    return this.cells[0]!;
  }

  /** Those of them that are in its memory alone. */
  get inMemory(): number {
    return this.cells[1]!;
  }

  set(taken: number, inMemory: number): void {
    this.cells[0] = taken;
    this.cells[1] = inMemory;
  }
}
