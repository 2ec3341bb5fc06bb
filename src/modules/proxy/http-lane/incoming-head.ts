import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ExchangeHead } from '../exchange.js';
import { countHosts } from '../receive/host-header.js';
import { peerAddress } from '../receive/trusted-proxies.js';

/** A request head as Node's parser delivered it. */
export class IncomingHead implements ExchangeHead {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly rawHeaders: readonly string[];
  readonly peer: string;
  readonly localPort: number;
  readonly isSecure: boolean;
  private readonly headers: IncomingHttpHeaders;

  constructor(request: IncomingMessage, socket: Socket) {
    this.method = request.method ?? '';
    this.target = rawTarget(request);
    this.protocol = `HTTP/${request.httpVersion}`;
    this.rawHeaders = request.rawHeaders;
    this.headers = request.headers;
    this.peer = peerAddress(socket.remoteAddress);
    this.localPort = socket.localPort ?? 0;
    this.isSecure = 'encrypted' in socket;
  }

  header(name: string): string | undefined {
    const value: unknown = this.headers[name];
    // Node's object has a prototype: a field asked for as `constructor` must not find it.
    if (typeof value === 'string') return value;
    return Array.isArray(value) ? value.join(', ') : undefined;
  }

  get hostCount(): number {
    return countHosts(this.rawHeaders);
  }

  /** Whether a body follows, as far as the head tells. */
  get hasBody(): boolean {
    const length = this.headers['content-length'];
    return this.isChunked || (length !== undefined && Number(length) > 0);
  }

  get isChunked(): boolean {
    return this.headers['transfer-encoding'] !== undefined;
  }

  /**
   * Whether the framing is one that we pass on unchanged. Codings other than `chunked` would reach the backend without
   * their name, and in HTTP/1.0 `Transfer-Encoding` is a fault (RFC 9112 section 6.1).
   */
  get hasPlainFraming(): boolean {
    if (!this.isChunked) return true;
    return this.protocol === 'HTTP/1.1' && this.headers['transfer-encoding']!.toLowerCase() === 'chunked';
  }

  /** HTTP/1.0 knows no interim responses: the expectation is ignored there (RFC 9110 section 10.1.1). */
  get takesInterimResponses(): boolean {
    return this.protocol === 'HTTP/1.1';
  }
}

/** Express rewrites `url` for mounted handlers and keeps what was received in `originalUrl`. */
function rawTarget(request: IncomingMessage & { readonly originalUrl?: unknown }): string {
  return typeof request.originalUrl === 'string' ? request.originalUrl : (request.url ?? '');
}
