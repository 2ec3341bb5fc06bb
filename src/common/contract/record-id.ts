import { randomBytes } from 'node:crypto';

/**
 * Ids of records: 12 bytes as 24 hex digits in the layout of a MongoDB ObjectId (seconds, 5 random bytes of this
 * thread, 3 bytes of a counter), so they sort by time and are unique across threads and processes.
 */
export class RecordIdSource {
  private readonly origin = randomBytes(5).toString('hex');
  private counter = randomBytes(3).readUIntBE(0, 3);
  private second = -1;
  private page = -1;
  private prefix = '';

  next(unixMs: number): string {
    const second = Math.floor(unixMs / 1000);
    this.counter = (this.counter + 1) & 0xffffff;
    const page = this.counter >>> 12;
    if (second !== this.second || page !== this.page) {
      this.second = second;
      this.page = page;
      this.prefix = (second >>> 0).toString(16).padStart(8, '0') + this.origin + hexOf(page);
    }
    return this.prefix + LAST_DIGITS[this.counter & 0xfff]!;
  }
}

/** The last three digits of every counter: the rest of an id changes once in 4,096 records, or in a second. */
const LAST_DIGITS: readonly string[] = Array.from({ length: 4096 }, (_, value) => hexOf(value));

function hexOf(value: number): string {
  return value.toString(16).padStart(3, '0');
}
