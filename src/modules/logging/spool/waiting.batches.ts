/** A worker's batch of encoded records. */
export interface Batch {
  readonly bytes: ArrayBuffer;
  readonly records: number;
}

/** Batches of plain records take 200 bytes a record, those of hostile ones up to 20 KiB: their number alone bounds no memory. */
const MAX_BYTES = 128 * 1024 * 1024;

/** Batches that wait in memory, the oldest first, up to a number of records; beyond it the oldest go. */
export class WaitingBatches {
  private waiting: Batch[] = [];
  private byteCount = 0;
  private recordCount = 0;

  constructor(private readonly maxRecords: number) {}

  get records(): number {
    return this.recordCount;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Returns how many records had to go for it. */
  add(batch: Batch): number {
    this.waiting.push(batch);
    this.recordCount += batch.records;
    this.byteCount += batch.bytes.byteLength;
    let dropped = 0;
    while (!this.isEmpty && (this.recordCount > this.maxRecords || this.byteCount > MAX_BYTES))
      dropped += this.take()!.records;
    return dropped;
  }

  /** Stays the oldest until it is taken. */
  peek(): Batch | undefined {
    return this.waiting[0];
  }

  take(): Batch | undefined {
    const batch = this.waiting.shift();
    if (batch === undefined) return undefined;
    this.recordCount -= batch.records;
    this.byteCount -= batch.bytes.byteLength;
    return batch;
  }

  /** Removes all; returns how many records that were. */
  clear(): number {
    const records = this.recordCount;
    this.waiting = [];
    this.recordCount = 0;
    this.byteCount = 0;
    return records;
  }
}
