import {
  CellLock,
  RATE_LIMIT_BUCKETS,
  RATE_LIMIT_ROWS,
  type RateLimitCells,
} from '../../../../common/contract/index.js';
import type { LimitKey } from './limit-key.js';

/** What a sum of many intervals may be off by, milliseconds. */
const ROUNDING_MS = 1e-6;

/**
 * How much of its allowance each key has used, over all workers: the generic cell rate algorithm (ITU-T I.371), which
 * keeps one number per key, the theoretical arrival time (TAT). Exact: a key stands in one bucket, which is changed under its lock.
 *
 * Memory is fixed. A bucket without a free row forgets the key whose allowance is whole again soonest, those that are
 * whole already first: that loses nothing.
 */
export class LimitTable {
  /** Exchanges of the key that `take` was called for last which could follow at once. */
  left = 0;
  protected readonly lock: CellLock;
  private readonly keys: Int32Array;
  protected readonly arrivals: Float64Array;

  constructor(cells: RateLimitCells, worker: number) {
    this.lock = new CellLock(cells.locks, worker);
    this.keys = cells.keys;
    this.arrivals = cells.arrivals;
  }

  /**
   * Takes one exchange out of the key's allowance. Returns 0 when it is admitted, else the milliseconds until the next
   * one would be; then nothing was taken.
   *
   * @param intervalMs Between two exchanges in the long run.
   * @param burst Exchanges that a rested key may take at once.
   */
  take(key: LimitKey, nowMs: number, intervalMs: number, burst: number): number {
    const bucket = key.bucket & (RATE_LIMIT_BUCKETS - 1);
    this.lock.acquire(bucket);
    try {
      const row = this.rowOf(bucket, key);
      const arrivalMs = row < 0 ? nowMs : Math.max(this.arrivals[row]!, nowMs);
      const waitMs = arrivalMs - (burst - 1) * intervalMs - nowMs;
      this.left = 0;
      if (waitMs > ROUNDING_MS) return waitMs;
      this.left = Math.floor(-waitMs / intervalMs + ROUNDING_MS);
      this.arrivals[row < 0 ? this.occupy(bucket, key) : row] = arrivalMs + intervalMs;
      return 0;
    } finally {
      this.lock.release(bucket);
    }
  }

  /** Gives back what `take` took, for an exchange that another rule refused. */
  giveBack(key: LimitKey, intervalMs: number): void {
    const bucket = key.bucket & (RATE_LIMIT_BUCKETS - 1);
    this.lock.acquire(bucket);
    const row = this.rowOf(bucket, key);
    if (row >= 0) this.arrivals[row]! -= intervalMs;
    this.lock.release(bucket);
  }

  /** The key's allowance is whole again at `arrivalMs` at the earliest: others have counted exchanges too. */
  raise(key: LimitKey, arrivalMs: number): void {
    const bucket = key.bucket & (RATE_LIMIT_BUCKETS - 1);
    this.lock.acquire(bucket);
    const row = this.rowOf(bucket, key);
    if (row < 0) this.arrivals[this.occupy(bucket, key)] = arrivalMs;
    else if (this.arrivals[row]! < arrivalMs) this.arrivals[row] = arrivalMs;
    this.lock.release(bucket);
  }

  /** -1: the key has none. */
  protected rowOf(bucket: number, key: LimitKey): number {
    const first = bucket * RATE_LIMIT_ROWS;
    for (let row = first; row < first + RATE_LIMIT_ROWS; row++) {
      if (this.keys[2 * row + 1] === key.low && this.keys[2 * row] === key.high) return row;
    }
    return -1;
  }

  /** The row that owes least: one that was never used has 0 there, one that is whole again lies in the past. */
  protected occupy(bucket: number, key: LimitKey): number {
    const first = bucket * RATE_LIMIT_ROWS;
    let chosen = first;
    for (let row = first + 1; row < first + RATE_LIMIT_ROWS; row++) {
      if (this.arrivals[row]! < this.arrivals[chosen]!) chosen = row;
    }
    this.keys[2 * chosen] = key.high;
    this.keys[2 * chosen + 1] = key.low;
    return chosen;
  }
}
