import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4_096;
const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** Random ids of traces and spans, out of a pool: asking the system for each would cost more than the rest of a request. */
export class TraceIds {
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private at = POOL_BYTES;

  /** 32 hex digits. */
  trace(): string {
    return this.take(TRACE_BYTES);
  }

  /** 16 hex digits. */
  span(): string {
    return this.take(SPAN_BYTES);
  }

  private take(bytes: number): string {
    if (this.at + bytes > POOL_BYTES) {
      randomFillSync(this.pool);
      this.at = 0;
    }
    const start = this.at;
    this.at += bytes;
    return this.pool.toString('hex', start, this.at);
  }
}
