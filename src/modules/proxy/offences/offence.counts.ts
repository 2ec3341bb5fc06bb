import { RATE_LIMIT_BUCKETS } from '../../../common/contract/index.js';
import type { LimitKey } from '../policies/rate-limit/limit-key.js';
import { LimitTable } from '../policies/rate-limit/limit.table.js';

/** What is counted beyond is not told apart: counts stand in 12 bits. */
export const MAX_OFFENCES = 4_095;
const STEPS = MAX_OFFENCES + 1;

/**
 * How often a key was counted in its window, over all workers: in rows of the table of the rate limits, so it costs no
 * memory of its own and a crowd of keys makes it no larger. A window begins with the first one counted. Its row holds the
 * window's end in whole milliseconds, and the count in the fraction behind: like an allowance it is worth nothing once it
 * lies in the past.
 */
export class OffenceCounts extends LimitTable {
  /** Counts one more; returns how many there are in the window, at most {@link MAX_OFFENCES}. */
  count(key: LimitKey, nowMs: number, windowMs: number): number {
    const bucket = key.bucket & (RATE_LIMIT_BUCKETS - 1);
    this.lock.acquire(bucket);
    try {
      const row = this.rowOf(bucket, key);
      const held = row < 0 ? 0 : this.arrivals[row]!;
      const heldEnd = Math.floor(held);
      // A window that ends later than one which begins now is of a rule that was changed.
      const isRunning = heldEnd > nowMs && heldEnd <= Math.ceil(nowMs + windowMs);
      const count = isRunning ? Math.min(MAX_OFFENCES, Math.round((held - heldEnd) * STEPS) + 1) : 1;
      const end = isRunning ? heldEnd : Math.ceil(nowMs + windowMs);
      this.arrivals[row < 0 ? this.occupy(bucket, key) : row] = end + count / STEPS;
      return count;
    } finally {
      this.lock.release(bucket);
    }
  }
}
