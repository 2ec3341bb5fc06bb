import type { VelocityLogger } from '../application-log/velocity.logger.js';

const REPORT_MS = 10_000;

/** Counts the records that are given up, and says so: never silent, but one line per 10 s is enough. */
export class Losses {
  /** Records. */
  total = 0;
  /** Why the last ones were lost; empty: none was. */
  lastReason = '';
  private reportedAt = -REPORT_MS;

  constructor(private readonly log: VelocityLogger) {}

  lose(records: number, why: string): void {
    if (records <= 0) return;
    this.total += records;
    this.lastReason = why;
    const now = performance.now();
    if (now - this.reportedAt < REPORT_MS) return;
    this.reportedAt = now;
    this.log.error({ lost: records, lostTotal: this.total, why }, 'log records are lost');
  }
}
