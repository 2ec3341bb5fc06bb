import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Exchange } from '../exchange.js';
import { trailerFields } from '../forwarding-headers.js';
import { ReplayBody } from '../replay-body.js';

const NO_BYTES = Buffer.alloc(0);

/** Is told how a body moves. */
export interface BodyObserver {
  /** A piece came from the client. `isHeldUp`: the backend takes no more at present. */
  bodyMoved(isHeldUp: boolean): void;
  /** The last piece has been handed to the backend's connection. */
  bodySent(): void;
  /** More has come than the service takes. */
  bodyTooLarge(): void;
  /** A trailer field that cannot be sent. */
  crashed(error: unknown): void;
}

/** Sends a request's body to the backend as it comes, at the pace of the slower side. */
export class RequestBody {
  /** Whether bytes, or the end, have been taken from the client. */
  private isTouched = false;
  private hasEnded = false;
  private destination: ClientRequest | null = null;

  constructor(
    private readonly source: IncomingMessage,
    private readonly exchange: Exchange,
    private readonly observer: BodyObserver,
  ) {}

  /** Whether the request can be sent a second time: nothing has been taken from the client, or all of that is kept. */
  get isRepeatable(): boolean {
    const { replay } = this.exchange;
    return !this.isTouched || (replay !== null && replay.isWhole);
  }

  /** From the beginning: what former attempts have taken from the client goes first. */
  sendTo(destination: ClientRequest): void {
    this.destination = destination;
    const hasRoom = this.resend(destination);
    if (this.hasEnded) return this.end();
    this.source.on('data', this.onData).on('end', this.onEnd);
    destination.on('drain', this.onDrain);
    if (hasRoom) this.source.resume();
    else this.observer.bodyMoved(true);
  }

  /** Sends nothing more. What the client still sends stays unread. */
  stop(): void {
    if (this.destination === null) return;
    this.source.off('data', this.onData).off('end', this.onEnd);
    this.source.pause();
    this.destination.off('drain', this.onDrain);
    this.destination = null;
  }

  private resend(destination: ClientRequest): boolean {
    const { replay } = this.exchange;
    if (!this.isTouched || replay === null || replay.length === 0) return true;
    return destination.write(replay.toBuffer());
  }

  private readonly onData = (chunk: Buffer): void => {
    this.isTouched = true;
    const { exchange } = this;
    exchange.bytesIn += chunk.length;
    if (exchange.maxBodyBytes > 0 && exchange.bytesIn > exchange.maxBodyBytes) {
      return this.observer.bodyTooLarge();
    }
    if (exchange.keptBodyBytes > 0) this.keep(chunk);
    const hasRoom = this.destination!.write(chunk);
    if (!hasRoom) this.source.pause();
    this.observer.bodyMoved(!hasRoom);
  };

  private readonly onDrain = (): void => {
    this.source.resume();
    this.observer.bodyMoved(false);
  };

  private readonly onEnd = (): void => {
    this.isTouched = true;
    this.hasEnded = true;
    if (this.exchange.keptBodyBytes > 0) this.keep(NO_BYTES);
    this.end();
  };

  private end(): void {
    const destination = this.destination!;
    destination.off('drain', this.onDrain);
    try {
      if (this.source.rawTrailers.length > 0 && destination.chunkedEncoding) {
        destination.addTrailers(trailerFields(this.source.rawTrailers));
      }
      destination.end();
    } catch (error) {
      this.observer.crashed(error);
      return;
    }
    this.observer.bodySent();
  }

  /** Copies a piece, unless the body is known to be longer than what may be kept. */
  private keep(chunk: Buffer): void {
    const { exchange } = this;
    if (exchange.replay === null) {
      if (Number(exchange.head.header('content-length') ?? 0) > exchange.keptBodyBytes) {
        exchange.keptBodyBytes = 0;
        return;
      }
      exchange.replay = new ReplayBody(exchange.keptBodyBytes);
    }
    exchange.replay.append(chunk, 0, chunk.length);
    if (this.hasEnded) exchange.replay.complete();
  }
}
