import {
  AFFINITY_RESULTS,
  ALGORITHM_NAMES,
  ATTEMPT_OUTCOMES,
  type AccessLogRecord,
  type AttemptRecord,
  DROP_REASON_NAMES,
} from '../../src/common/contract/index.js';
import { RandomDecisions } from './random-decisions.js';

/** Repeatable random values: the same seed gives the same records. */
export class RandomRecords {
  readonly decisions = new RandomDecisions(this);
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 inclusive to `below` exclusive (mulberry32). */
  integer(below: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below);
  }

  one<T>(values: readonly T[]): T {
    return values[this.integer(values.length)] as T;
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.integer(16).toString(16)).join('');
  }

  /** What Node hands over for header bytes: characters U+0000 to U+00FF. */
  latin1(maxLength: number): string {
    return String.fromCharCode(
      ...Array.from({ length: this.integer(maxLength + 1) }, () => this.integer(256)),
    );
  }

  /** Small, large and extreme numbers alike. */
  count(): number {
    return Math.floor(
      this.one([0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) *
        this.one([1, 1, 0.37]),
    );
  }

  trace(): Pick<AccessLogRecord, 'traceId' | 'spanId' | 'parentSpanId'> {
    if (this.integer(2) === 0) return { traceId: null, spanId: null, parentSpanId: null };
    const spanId = this.one([null, this.hex(16)]);
    return {
      traceId: this.hex(32),
      spanId,
      parentSpanId: spanId === null ? null : this.one([null, this.hex(16)]),
    };
  }

  attempt(): AttemptRecord {
    return {
      backend: this.hex(16),
      outcome: this.one(ATTEMPT_OUTCOMES),
      status: this.integer(1000),
      connectUs: this.count(),
      firstByteUs: this.count(),
      totalUs: this.count(),
    };
  }

  record(): AccessLogRecord {
    const id = this.hex(24);
    const attempts = Array.from({ length: this.integer(4) }, () => this.attempt());
    return {
      id,
      time: this.one([0, 1_700_000_000_000 + this.integer(1e9), 2 ** 48 - 1]),
      requestId: this.one([id, this.latin1(40)]),
      service: this.one([null, 'shop', 'bücher-日本', this.latin1(60)]),
      host: this.one(['', 'shop.localhost', this.latin1(60)]),
      method: this.one(['GET', 'POST', 'PURGE', 'PATCH']),
      path: '/' + this.latin1(200),
      query: this.latin1(100),
      protocol: this.one(['HTTP/1.1', 'HTTP/1.0', 'HTTP/3']),
      status: this.integer(65_536),
      shadowReason: this.integer(4) === 0 ? this.one(DROP_REASON_NAMES) : null,
      fallbackFrom: this.one([null, 'shop']),
      ...this.trace(),
      dropReason: this.one([null, ...DROP_REASON_NAMES]),
      client: this.one(['127.0.0.1', '2001:db8::ff00:42:8329', '']),
      backend: this.one([null, this.hex(16), attempts.at(-1)?.backend ?? null]),
      attempts,
      bytesIn: this.count(),
      bytesOut: this.count(),
      totalUs: this.count(),
      queueUs: this.count(),
      connectUs: this.count(),
      firstByteUs: this.count(),
      affinity: this.one(AFFINITY_RESULTS),
      algorithm: this.one([null, ...ALGORITHM_NAMES]),
      userAgent: this.latin1(150),
      referer: this.latin1(80),
      worker: this.integer(256),
      lane: this.one(['http', 'wire'] as const),
      generation: this.count(),
      group: this.one([null, 'canary', 'stable']),
      decision: this.one([null, this.decisions.decision()]),
      headers: this.one<AccessLogRecord['headers']>([
        null,
        { 'x-tenant': this.latin1(40) },
        { 'x-a.b': '', $x: 'y' },
      ]),
    };
  }
}
