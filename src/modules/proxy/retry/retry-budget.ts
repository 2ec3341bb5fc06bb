import {
  CellLock,
  RETRY_CELLS,
  RETRY_SLICES,
  RetryCell,
  type RetrySettings,
  type SharedMemory,
} from '../../../common/contract/index.js';

/** The time that the budget looks at, in slices of a second. */
export const BUDGET_SECONDS = 10;

/**
 * How many tries beyond the first ones a service may have, over all workers, so that they cannot feed an outage:
 *
 *     extra tries of any 10 seconds  <=  max(share x requests of the same 10 seconds, minPerSecond x 10)
 *
 * Counted in slices of a second, the present one unfinished: an extra try looks back over 11 slices for other extra tries,
 * and over 10 for requests. So the rule holds for every interval of 10 seconds, not only for those that begin with a slice.
 * Exact: extra tries are counted under the service's lock; requests are counted without, they can only add to what is allowed.
 */
export class RetryBudget {
  private readonly cells: Int32Array;
  private readonly lock: CellLock;

  constructor(memory: SharedMemory, worker: number) {
    this.cells = memory.outcomes.retries;
    this.lock = new CellLock(this.cells, worker);
  }

  /** A request goes to its first backend. Every exchange of a service that retries: two atomic operations. */
  countRequest(serviceSlot: number, nowMs: number): void {
    const row = serviceSlot * RETRY_CELLS;
    const second = secondOf(nowMs);
    if (isBehind(this.latest(row), second)) {
      this.lock.acquire(row + RetryCell.lock);
      this.moveOn(row, second);
      this.lock.release(row + RetryCell.lock);
    }
    Atomics.add(this.cells, row + RetryCell.requests + sliceOf(second), 1);
  }

  /** Takes one extra try out of the budget; false: it is used up, and nothing was taken. */
  take(serviceSlot: number, settings: RetrySettings, nowMs: number): boolean {
    const row = serviceSlot * RETRY_CELLS;
    const second = secondOf(nowMs);
    this.lock.acquire(row + RetryCell.lock);
    try {
      this.moveOn(row, second);
      const requests = this.sum(row + RetryCell.requests, second, BUDGET_SECONDS);
      const extra = this.sum(row + RetryCell.extra, second, RETRY_SLICES);
      const allowed = Math.max(
        (settings.budgetPercent * requests) / 100,
        settings.budgetMinPerSecond * BUDGET_SECONDS,
      );
      if (extra + 1 > allowed) return false;
      Atomics.add(this.cells, row + RetryCell.extra + sliceOf(second), 1);
      return true;
    } finally {
      this.lock.release(row + RetryCell.lock);
    }
  }

  /** Empties the slices between the latest second and this one, which held others long ago. */
  private moveOn(row: number, second: number): void {
    const latest = this.latest(row);
    if (!isBehind(latest, second)) return;
    const steps = Math.min((second - latest) | 0, RETRY_SLICES);
    for (let step = 0; step < steps; step++) {
      const slice = sliceOf((second - step) | 0);
      Atomics.store(this.cells, row + RetryCell.requests + slice, 0);
      Atomics.store(this.cells, row + RetryCell.extra + slice, 0);
    }
    // Last: whoever sees the second finds its slice empty.
    Atomics.store(this.cells, row + RetryCell.second, second);
  }

  /** Of the latest `count` slices. One that is ahead of this thread's clock, by less than a millisecond, is among them. */
  private sum(first: number, second: number, count: number): number {
    let sum = 0;
    for (let back = 0; back < count; back++) {
      sum += Atomics.load(this.cells, first + sliceOf((second - back) | 0));
    }
    return sum;
  }

  private latest(row: number): number {
    return Atomics.load(this.cells, row + RetryCell.second);
  }
}

function secondOf(nowMs: number): number {
  return Math.floor(nowMs / 1000) | 0;
}

function isBehind(latest: number, second: number): boolean {
  return ((second - latest) | 0) > 0;
}

function sliceOf(second: number): number {
  return (second >>> 0) % RETRY_SLICES;
}
