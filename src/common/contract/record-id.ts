import { randomBytes } from 'node:crypto';

/**
 * Ids of records: 12 bytes as 24 hex digits in the layout of a MongoDB ObjectId (seconds, 5 random bytes of this
 * thread, 3 bytes of a counter), so they sort by time and are unique across threads and processes.
 */
export class RecordIdSource {
  private readonly origin = randomBytes(5).toString('hex');
  private counter = randomBytes(3).readUIntBE(0, 3);
  private second = -1;
  private prefix = '';

  next(unixMs: number): string {
    const second = Math.floor(unixMs / 1000);
    if (second !== this.second) {
      this.second = second;
      this.prefix = (second >>> 0).toString(16).padStart(8, '0') + this.origin;
    }
    this.counter = (this.counter + 1) & 0xffffff;
    return this.prefix + (0x1000000 + this.counter).toString(16).slice(1);
  }
}
