import {
  OUTCOME_BUCKET_CELLS,
  OUTCOME_BUCKETS,
  OUTCOME_CELLS,
  OutcomeBucketCell,
  OutcomeCell,
} from './outage-cells.js';

/** Makes a step that all workers must agree about one step. */
export interface StepLock {
  acquire(serviceSlot: number): void;
  release(serviceSlot: number): void;
}

/**
 * Counts calls over the last `windowMs`, over all workers: a ring of buckets, each an eighth of the window. Counting is
 * one atomic addition; only when a bucket is over the next one is emptied, under the service's lock.
 */
export class OutcomeWindow {
  /** What {@link read} found. */
  total = 0;
  failures = 0;
  slow = 0;

  /** @param cells [slots x OUTCOME_CELLS] */
  constructor(
    private readonly cells: Int32Array,
    private readonly lock: StepLock,
  ) {}

  /** Makes the bucket of now the newest one; returns its first cell. */
  turn(slot: number, serviceSlot: number, windowMs: number, nowMs: number): number {
    const newest = slot * OUTCOME_CELLS + OutcomeCell.bucket;
    const number = Math.floor((nowMs * OUTCOME_BUCKETS) / windowMs) | 0;
    let current = Atomics.load(this.cells, newest);
    if (current !== number) {
      this.lock.acquire(serviceSlot);
      current = this.turnTo(number, slot);
      this.lock.release(serviceSlot);
    }
    return bucketRow(slot, current);
  }

  /** @param bucket What {@link turn} returned. */
  count(bucket: number, isFailure: boolean, isSlow: boolean): void {
    Atomics.add(this.cells, bucket + OutcomeBucketCell.total, 1);
    if (isFailure) Atomics.add(this.cells, bucket + OutcomeBucketCell.failures, 1);
    if (isSlow) Atomics.add(this.cells, bucket + OutcomeBucketCell.slow, 1);
  }

  /** Sums the window into the fields of this object, as of the last {@link turn}. */
  read(slot: number): void {
    this.total = this.failures = this.slow = 0;
    const first = slot * OUTCOME_CELLS + OutcomeCell.buckets;
    for (let row = first; row < first + OUTCOME_BUCKETS * OUTCOME_BUCKET_CELLS; row += OUTCOME_BUCKET_CELLS) {
      this.total += Atomics.load(this.cells, row + OutcomeBucketCell.total);
      this.failures += Atomics.load(this.cells, row + OutcomeBucketCell.failures);
      this.slow += Atomics.load(this.cells, row + OutcomeBucketCell.slow);
    }
  }

  /** Lets the fields say what a failed trial is: one call, which failed. */
  readTrial(): void {
    this.total = this.failures = 1;
    this.slow = 0;
  }

  /** Forgets what was counted. */
  clear(slot: number): void {
    for (let bucket = 0; bucket < OUTCOME_BUCKETS; bucket++) this.empty(bucketRow(slot, bucket));
  }

  /** Empties what lies between the newest bucket and this one. Returns which one is to be counted in. */
  private turnTo(number: number, slot: number): number {
    const newest = slot * OUTCOME_CELLS + OutcomeCell.bucket;
    const current = Atomics.load(this.cells, newest);
    const steps = (number - current) | 0;
    // Another worker's clock was read later: its bucket is as good.
    if (steps <= 0 && steps > -OUTCOME_BUCKETS) return current;
    // Further back: the window has another width now, so that numbers mean other times.
    const isAnotherTime = steps < 0 || steps >= OUTCOME_BUCKETS;
    if (isAnotherTime) this.clear(slot);
    else for (let step = 1; step <= steps; step++) this.empty(bucketRow(slot, current + step));
    // Last: who sees the number counts there.
    Atomics.store(this.cells, newest, number);
    return number;
  }

  private empty(row: number): void {
    for (let cell = row; cell < row + OUTCOME_BUCKET_CELLS; cell++) Atomics.store(this.cells, cell, 0);
  }
}

/** `number` may be negative: it is wrapped. */
function bucketRow(slot: number, number: number): number {
  const place = number & (OUTCOME_BUCKETS - 1);
  return slot * OUTCOME_CELLS + OutcomeCell.buckets + place * OUTCOME_BUCKET_CELLS;
}
