import { Waiting } from '../waiting.js';
import { ChunkedBody } from './chunked-body.js';
import { Parsed } from './field-section.js';
import { lastChunkText } from './head-text.js';
import { latin1 } from './latin1.js';
import { Framing, type RequestLimits } from './request-head.js';
import type { RelayedExchange } from './relayed-exchange.js';
import { MAX_TEXT_BYTES } from './wire-socket.js';

/** The body of a session's request: read from the client as it is framed, sent to the backend as it comes. */
export class RequestBody {
  /** Whether it has been read to its end. */
  isComplete = true;
  /** Whether bytes have been taken from the client: then the request cannot be sent a second time. */
  isTouched = false;
  private remaining = 0;
  private chunkedBody: ChunkedBody | null = null;
  /** The request head, as long as it waits for the first piece to go with it. */
  private unsent = '';
  private isHeldUp = false;
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
    this.remaining = head.length;
    this.unsent = '';
    this.isHeldUp = false;
    this.isSending = false;
    if (head.framing === Framing.chunked) this.chunked.reset();
  }

  /** An attempt begins: nothing is taken until its connection stands. */
  holdBack(): void {
    this.isSending = false;
  }

  /** The connection to a backend stands: `text` goes before the body. */
  beginSending(text: string): void {
    this.unsent = text;
    this.isSending = true;
    this.isHeldUp = false;
  }

  /** Whether the backend's connection has taken everything; one that was given up counts as if it had not. */
  get isFlushed(): boolean {
    return !this.isHeldUp;
  }

  /** Whether bytes can be taken now: there is somebody who takes them, or nobody ever will. */
  get canTake(): boolean {
    return this.session.isAnswered || (this.isSending && !this.isHeldUp && this.session.upstream !== null);
  }

  /** Takes what belongs to the body; returns the index behind it. -1: it is broken, and the exchange over. */
  take(bytes: Buffer, from: number, to: number): number {
    if (this.session.head.framing === Framing.chunked) return this.takeChunked(bytes, from, to);
    const end = Math.min(to, from + this.remaining);
    this.remaining -= end - from;
    this.isComplete = this.remaining === 0;
    this.pass(bytes, from, end);
    return end;
  }

  /** Sends a head whose body is still to come: many a backend decides on the head, and the client may wait for that. */
  flushHead(): void {
    if (this.unsent === '' || this.session.upstream === null) return;
    const text = this.unsent;
    this.unsent = '';
    this.moved(this.session.upstream.socket.send(text));
  }

  /** The backend takes more again. */
  flushed(): void {
    if (!this.isHeldUp) return;
    this.isHeldUp = false;
    if (!this.session.isAnswered) this.moved(true);
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
    return chunked.next;
  }

  /** Sends a piece on, or throws it away when nobody wants it any more. */
  private pass(bytes: Buffer, from: number, to: number): void {
    const { session } = this;
    this.isTouched = true;
    if (session.isAnswered || session.upstream === null) return;
    session.exchange.bytesIn += to - from;
    this.moved(this.sendPiece(bytes, from, to));
  }

  private sendPiece(bytes: Buffer, from: number, to: number): boolean {
    const { socket } = this.session.upstream!;
    const isChunked = this.session.head.framing === Framing.chunked;
    const length = to - from;
    const before = isChunked && length > 0 ? `${this.unsent}${length.toString(16)}\r\n` : this.unsent;
    let after = isChunked && length > 0 ? '\r\n' : '';
    if (isChunked && this.isComplete) after += lastChunkText(this.chunked.trailers);
    this.unsent = '';
    if (length > MAX_TEXT_BYTES) return socket.sendFramed(before, bytes.subarray(from, to), after);
    const text = before + latin1(bytes, from, to) + after;
    return text === '' || socket.send(text);
  }

  private moved(hasRoom: boolean): void {
    const { session } = this;
    this.isHeldUp = !hasRoom;
    const { isAwaiting } = session;
    if (isAwaiting !== Waiting.body && isAwaiting !== Waiting.response) session.await(isAwaiting);
    else session.await(hasRoom && !this.isComplete ? Waiting.body : Waiting.response);
  }
}
