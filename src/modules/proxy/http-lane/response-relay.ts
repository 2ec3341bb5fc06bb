import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from '../exchange.js';
import { responseHeaders, trailerFields } from '../forwarding-headers.js';

/** Is told how a response moves. */
export interface RelayObserver {
  /** A piece came from the backend, or the client made room. `isHeldUp`: the client takes no more at present. */
  responseMoved(isHeldUp: boolean): void;
  /** The response has arrived as a whole. */
  responseArrived(): void;
  /** The backend broke off. */
  responseBroken(): void;
}

/** Passes one response on to the client as it comes, at the pace of the slower side. */
export class ResponseRelay {
  private hasWritten = false;

  constructor(
    private readonly source: IncomingMessage,
    private readonly destination: ServerResponse,
    private readonly exchange: Exchange,
    private readonly observer: RelayObserver,
  ) {}

  /**
   * Whether the response can be passed on: codings other than `chunked` are not taken off by Node's parser, and 101
   * without the fields that belong to it arrives here although nobody asked to switch protocols.
   */
  static canRelay(response: IncomingMessage): boolean {
    if (response.statusCode === 101) return false;
    const coding = response.headers['transfer-encoding'];
    return coding === undefined || coding.toLowerCase() === 'chunked';
  }

  /** Writes the head; throws, with nothing written, when it holds what HTTP does not allow. */
  writeHead(isClosing: boolean): void {
    const { source, destination, exchange } = this;
    const status = source.statusCode!;
    const headers = responseHeaders(exchange, source.rawHeaders, this.keepsTrailers(status));
    if (isClosing) headers.push('Connection', 'close');
    destination.writeHead(status, source.statusMessage ?? '', headers);
  }

  start(): void {
    const { source, destination } = this;
    source
      .on('data', this.onData)
      .on('end', this.onEnd)
      .on('error', this.onBroken)
      .on('close', this.onBroken);
    destination.on('drain', this.onDrain);
    // A body that has come with the head goes in the same packet; a head that comes alone must not wait for it.
    setImmediate(flushHead, this);
  }

  /** Only a chunked message ends with trailers, and Node refuses the `Trailer` field in any other. */
  private keepsTrailers(status: number): boolean {
    const { exchange, source } = this;
    const hasBody = exchange.head.method !== 'HEAD' && status !== 204 && status !== 304;
    return hasBody && exchange.head.protocol === 'HTTP/1.1' && source.headers['content-length'] === undefined;
  }

  flushHead(): void {
    if (!this.hasWritten && !this.destination.destroyed) this.destination.flushHeaders();
  }

  private readonly onData = (chunk: Buffer): void => {
    this.hasWritten = true;
    this.exchange.bytesOut += chunk.length;
    const hasRoom = this.destination.write(chunk);
    if (!hasRoom) this.source.pause();
    this.observer.responseMoved(!hasRoom);
  };

  private readonly onDrain = (): void => {
    this.source.resume();
    this.observer.responseMoved(false);
  };

  private readonly onEnd = (): void => {
    this.hasWritten = true;
    this.addTrailers();
    this.observer.responseArrived();
    this.destination.end();
  };

  private readonly onBroken = (): void => {
    if (!this.source.complete) this.observer.responseBroken();
  };

  private addTrailers(): void {
    const { rawTrailers } = this.source;
    if (rawTrailers.length === 0 || !this.destination.chunkedEncoding) return;
    try {
      this.destination.addTrailers(trailerFields(rawTrailers));
    } catch {
      // A trailer field that HTTP does not allow: the response is whole without it.
    }
  }
}

function flushHead(relay: ResponseRelay): void {
  relay.flushHead();
}
