import { Waiting } from '../waiting.js';
import { ChunkedBody } from './chunked-body.js';
import { Parsed } from './field-section.js';
import { lastChunkText } from './head-text.js';
import { NO_BYTES, OutgoingBody } from './outgoing-body.js';
import { Framing, type RequestLimits } from './request-head.js';
import type { RelayedExchange } from './relayed-exchange.js';

/** The body of a session's request: read from the client as it is framed, sent to the backend as it comes. */
export class RequestBody {
  /** Whether it has been read to its end. */
  isComplete = true;
  /** Whether bytes have been taken from the client: then the request cannot be sent a second time. */
  isTouched = false;
  /** Whether more has come than the service takes. */
  isTooLarge = false;
  private remaining = 0;
  private chunkedBody: ChunkedBody | null = null;
  private readonly outgoing = new OutgoingBody();
  private isSending = false;

  constructor(
    private readonly session: RelayedExchange,
    private readonly limits: RequestLimits,
  ) {}

  /** A request whose head is known. */
  begin(): void {
    const { head } = this.session;
    this.isComplete = head.framing === Framing.none;
    this.isTouched = false;
    this.isTooLarge = false;
    this.remaining = head.length;
    this.outgoing.reset();
    this.outgoing.isChunked = head.framing === Framing.chunked;
    this.isSending = false;
    if (head.framing === Framing.chunked) this.chunked.reset();
  }

  /** An attempt begins: nothing is taken until its connection stands. */
  holdBack(): void {
    this.isSending = false;
  }

  /** The connection to a backend stands: `text` goes before the body. */
  beginSending(text: string): void {
    this.outgoing.head = text;
    this.outgoing.isHeldUp = false;
    this.isSending = true;
  }

  /** Whether the backend's connection has taken everything; one that was given up counts as if it had not. */
  get isFlushed(): boolean {
    return !this.outgoing.isHeldUp;
  }

  /** Whether bytes can be taken now: there is somebody who takes them, or nobody ever will. */
  get canTake(): boolean {
    return this.session.isAnswered || (this.isSending && this.isFlushed && this.session.upstream !== null);
  }

  /** Takes what belongs to the body; returns the index behind it. -1: it is broken or too large, and the exchange over. */
  take(bytes: Buffer, from: number, to: number): number {
    if (this.session.head.framing === Framing.chunked) return this.takeChunked(bytes, from, to);
    const end = Math.min(to, from + this.remaining);
    this.remaining -= end - from;
    this.isComplete = this.remaining === 0;
    this.pass(bytes, from, end);
    return this.isTooLarge ? -1 : end;
  }

  /** Sends a head whose body is still to come: many a backend decides on the head, and the client may wait for that. */
  flushHead(): void {
    if (this.outgoing.head !== '' && this.session.upstream !== null) this.send(NO_BYTES, 0, 0);
  }

  /** The backend takes more again. */
  flushed(): void {
    if (this.isFlushed) return;
    this.outgoing.isHeldUp = false;
    if (!this.session.isAnswered) this.moved();
  }

  private get chunked(): ChunkedBody {
    this.chunkedBody ??= new ChunkedBody(this.limits);
    return this.chunkedBody;
  }

  private takeChunked(bytes: Buffer, from: number, to: number): number {
    const { chunked } = this;
    const result = chunked.read(bytes, from, to);
    if (result !== Parsed.more && result !== Parsed.complete) return -1;
    this.isComplete = result === Parsed.complete;
    this.pass(bytes, chunked.dataStart, chunked.dataEnd);
    return this.isTooLarge ? -1 : chunked.next;
  }

  /** Sends a piece on, or throws it away when nobody wants it any more. */
  private pass(bytes: Buffer, from: number, to: number): void {
    const { session } = this;
    this.isTouched = true;
    if (session.isAnswered || session.upstream === null) return;
    const { exchange } = session;
    exchange.bytesIn += to - from;
    if (exchange.maxBodyBytes > 0 && exchange.bytesIn > exchange.maxBodyBytes) {
      this.isTooLarge = true;
      return;
    }
    if (this.isComplete && this.outgoing.isChunked)
      this.outgoing.ending = lastChunkText(this.chunked.trailers);
    this.send(bytes, from, to);
  }

  private send(bytes: Buffer, from: number, to: number): void {
    this.outgoing.send(this.session.upstream!.socket, bytes, from, to);
    this.moved();
  }

  private moved(): void {
    const { session } = this;
    const { isAwaiting } = session;
    if (isAwaiting !== Waiting.body && isAwaiting !== Waiting.response) session.await(isAwaiting);
    else session.await(this.isFlushed && !this.isComplete ? Waiting.body : Waiting.response);
  }
}
