import type { DropReason } from '../../../common/contract/index.js';
import { Exchange, type ExchangeHead } from '../exchange.js';
import type { LaneSession } from '../lane.js';
import { splitTarget } from '../receive/request-target.js';
import { peerAddress } from '../receive/trusted-proxies.js';
import type { ClientConnection } from './client-connection.js';
import { answerRaw } from './raw-answer.js';

/** What Node attaches to the errors of its parser. */
interface ParserError extends Error {
  readonly code?: unknown;
  readonly rawPacket?: unknown;
}

const NO_HEADERS: readonly string[] = [];
/** Bytes of a broken head that are looked at. */
const SNIFFED_BYTES = 8192;

/** A request whose head never became whole. It is received, refused and logged with what can be told of it. */
export class RefusedHead implements ExchangeHead, LaneSession {
  readonly lane = 'http';
  readonly rawHeaders = NO_HEADERS;
  readonly hostCount = 0;
  readonly peer: string;
  readonly localPort: number;
  readonly isSecure: boolean;
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly exchange: Exchange;

  constructor(
    private readonly connection: ClientConnection,
    line: RequestLine,
  ) {
    const { socket } = connection;
    this.peer = peerAddress(socket.remoteAddress);
    this.localPort = socket.localPort ?? 0;
    this.isSecure = 'encrypted' in socket;
    this.method = line.method;
    this.target = line.target;
    this.protocol = line.protocol;
    this.exchange = new Exchange(this, this);
    splitTarget(this.exchange, line.target);
  }

  header(): undefined {
    return undefined;
  }

  attempt(): void {
    throw new Error('a refused head is never attempted');
  }

  park(): void {
    throw new Error('a refused head never waits');
  }

  refuse(reason: DropReason): void {
    answerRaw(this.connection, this.exchange, reason);
  }
}

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
}

const UNKNOWN_LINE: RequestLine = { method: '', target: '', protocol: 'HTTP/1.1' };

/** The request line, when the piece that the parser choked on begins with one. */
export function requestLineOf(error: ParserError): RequestLine {
  if (!Buffer.isBuffer(error.rawPacket)) return UNKNOWN_LINE;
  const text = error.rawPacket.toString('latin1', 0, SNIFFED_BYTES);
  const end = text.search(/[\r\n]/);
  const parts = (end < 0 ? text : text.slice(0, end)).split(' ');
  const [method, target, protocol] = parts;
  if (method === undefined || target === undefined || !/^[A-Z-]{1,32}$/.test(method)) return UNKNOWN_LINE;
  return { method, target, protocol: protocol === 'HTTP/1.0' ? protocol : 'HTTP/1.1' };
}

/** Why a connection error refuses a request; null: the connection is gone, and with it whoever could be answered. */
export function reasonOfClientError(
  error: ParserError,
  isUriTooLong: (length: number) => boolean,
): DropReason | null {
  const code = String(error.code);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'head_timeout';
  if (code === 'HPE_HEADER_OVERFLOW') {
    return isUriTooLong(requestLineOf(error).target.length) ? 'uri_too_long' : 'head_too_large';
  }
  return code.startsWith('HPE_') ? 'bad_request' : null;
}
