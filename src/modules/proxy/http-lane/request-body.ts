import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Exchange } from '../exchange.js';
import { trailerFields } from '../forwarding-headers.js';

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
  /** Whether bytes have been taken from the client: then the request cannot be sent a second time. */
  isTouched = false;
  private destination: ClientRequest | null = null;

  constructor(
    private readonly source: IncomingMessage,
    private readonly exchange: Exchange,
    private readonly observer: BodyObserver,
  ) {}

  sendTo(destination: ClientRequest): void {
    this.destination = destination;
    this.source.on('data', this.onData).on('end', this.onEnd);
    destination.on('drain', this.onDrain);
    this.source.resume();
  }

  /** Sends nothing more. What the client still sends stays unread. */
  stop(): void {
    if (this.destination === null) return;
    this.source.off('data', this.onData).off('end', this.onEnd);
    this.source.pause();
    this.destination.off('drain', this.onDrain);
    this.destination = null;
  }

  private readonly onData = (chunk: Buffer): void => {
    this.isTouched = true;
    const { exchange } = this;
    exchange.bytesIn += chunk.length;
    if (exchange.maxBodyBytes > 0 && exchange.bytesIn > exchange.maxBodyBytes) {
      return this.observer.bodyTooLarge();
    }
    const hasRoom = this.destination!.write(chunk);
    if (!hasRoom) this.source.pause();
    this.observer.bodyMoved(!hasRoom);
  };

  private readonly onDrain = (): void => {
    this.source.resume();
    this.observer.bodyMoved(false);
  };

  private readonly onEnd = (): void => {
    const destination = this.destination!;
    this.isTouched = true;
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
  };
}
