import type { AccessLogRecord } from '../../../common/contract/index.js';
import { Exchange, type ExchangeHead, type LaneSession } from '../../proxy/index.js';

const TRAILING_DOT = '.';

/**
 * A recorded exchange as the decider sees it: the same host, target, method and client, at the recorded time. What the
 * record does not hold is not made up: {@link missing} names the first such header that somebody asked for.
 */
export class RecordedExchange extends Exchange {
  override readonly time: number;
  override readonly startedMs: number;
  /** Header that was asked for and is not in a record; empty: none was. */
  missing = '';
  private readonly wasLoop: boolean;
  /** Of a body that came to its end, as far as the record tells; empty: it does not. */
  private readonly contentLength: string;

  constructor(record: AccessLogRecord) {
    super(REPLAYING, headOf(record));
    this.time = record.time;
    this.startedMs = record.time;
    this.wasLoop = record.dropReason === 'loop_detected';
    this.contentLength = record.dropReason === null ? String(record.bytesIn) : '';
  }

  override header(name: string): string | undefined {
    if (name === 'via') return this.wasLoop ? `1.1 ${this.pseudonym}` : undefined;
    if (name === 'content-length' && this.contentLength !== '') return this.contentLength;
    if (RECORDED.has(name)) return this.head.header(name);
    if (this.missing === '') this.missing = name;
    return undefined;
  }
}

/** Headers that a record holds as they came. The host is there as routing wants it, without its port. */
const RECORDED: ReadonlySet<string> = new Set(['user-agent', 'referer']);

/** Nothing is sent and nobody is answered. */
const REPLAYING: LaneSession = {
  lane: 'wire',
  attempt: () => undefined,
  park: () => undefined,
  refuse: () => undefined,
};

/** A head from which the decider reads what is recorded. The client of the record is the peer: nobody forwards it again. */
function headOf(record: AccessLogRecord): ExchangeHead {
  const { method, host, path, query, protocol, client } = record;
  const authority = authorityOf(host);
  const target = query === '' ? path : `${path}?${query}`;
  const headers: Readonly<Record<string, string>> = {
    host: authority,
    'user-agent': record.userAgent,
    referer: record.referer,
  };
  return {
    method,
    target,
    protocol,
    rawHeaders: [],
    hostCount: protocol === 'HTTP/1.0' && host === '' ? 0 : 1,
    peer: client,
    localPort: 0,
    isSecure: false,
    header: (name) => headers[name] || undefined,
  };
}

/** A `Host` that reads as the recorded host: one dot at its end would be taken for that of an absolute name. */
function authorityOf(host: string): string {
  return host.endsWith(TRAILING_DOT) ? `${host}${TRAILING_DOT}` : host;
}
