import { Waiting } from '../waiting.js';
import { ChunkedBody } from './chunked-body.js';
import { Parsed } from './field-section.js';
import { lastChunkText } from './head-text.js';
import { NO_BYTES, OutgoingBody } from './outgoing-body.js';
import { ReplayBody } from '../replay-body.js';
import { Framing, type RequestLimits } from './request-head.js';
import type { RelayedExchange } from './relayed-exchange.js';

/** The body of a session's request: read from the client as it is framed, sent to the backend as it comes. */
export class RequestBody {
  /** Whether it has been read to its end. */
  isComplete = true;
  /** Whether bytes have been taken from the client. */
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

  /** Whether the request can be sent a second time: nothing has been taken from the client, or all of that is kept. */
  get isRepeatable(): boolean {
    if (!this.isTouched) return true;
    const { replay } = this.session.exchange;
    return replay !== null && replay.isWhole;
  }

  /** Sends what former attempts have taken from the client, once more. */
  resend(): void {
    const { replay } = this.session.exchange;
    if (!this.isTouched || replay === null) return;
    if (this.isComplete && this.outgoing.isChunked) this.outgoing.ending = this.lastChunk();
    this.send(replay.toBuffer(), 0, replay.length);
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
    if (exchange.keptBodyBytes > 0) this.keep(bytes, from, to);
    if (this.isComplete && this.outgoing.isChunked) this.outgoing.ending = this.lastChunk();
    this.send(bytes, from, to);
  }

  /** Copies a piece, unless the body is known to be longer than what may be kept. */
  private keep(bytes: Buffer, from: number, to: number): void {
    const { exchange, head } = this.session;
    if (head.length > exchange.keptBodyBytes) {
      exchange.keptBodyBytes = 0;
      return;
    }
    exchange.replay ??= new ReplayBody(exchange.keptBodyBytes);
    exchange.replay.append(bytes, from, to);
    if (this.isComplete) exchange.replay.complete();
  }

  private lastChunk(): string {
    return lastChunkText(this.chunked.trailers);
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
