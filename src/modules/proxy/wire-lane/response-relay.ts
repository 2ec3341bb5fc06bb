import { Waiting } from '../waiting.js';
import { Parsed } from './field-section.js';
import { interimText, lastChunkText, responseText } from './head-text.js';
import { NO_BYTES, OutgoingBody } from './outgoing-body.js';
import { Framing } from './request-head.js';
import type { ResponseHead } from './response-head.js';
import type { Pipeline } from '../pipeline.js';
import type { RelayedExchange } from './relayed-exchange.js';

/** Interim responses that one exchange may have: a backend that sends more means no good. */
const MAX_INTERIM = 64;

/** Passes a backend's response on to the client as it comes, at the pace of the slower side. */
export class ResponseRelay {
  private readonly outgoing = new OutgoingBody();
  private hasHead = false;
  private interim = 0;
  private remaining = 0;

  constructor(
    private readonly session: RelayedExchange,
    private readonly pipeline: Pipeline,
  ) {}

  /** Whether the client takes no more at present. */
  get isHeldUp(): boolean {
    return this.outgoing.isHeldUp;
  }

  /** An attempt begins. */
  begin(): void {
    this.outgoing.reset();
    this.hasHead = false;
    this.interim = 0;
    this.remaining = 0;
  }

  arrived(bytes: Buffer, length: number): void {
    const at = this.hasHead ? 0 : this.readHeads(bytes, length);
    if (at < 0) return;
    this.readBody(bytes, at, length);
  }

  /** The backend has said its end: that of the body, when nothing else frames it. */
  ended(): void {
    const { session } = this;
    if (!this.hasHead) return session.broken();
    if (session.upstream!.response.framing !== Framing.close) return this.truncated();
    this.deliver(NO_BYTES, 0, 0, true);
    this.complete(false);
  }

  /** The connection is gone, in the middle of something. */
  closed(): void {
    if (this.hasHead) this.truncated();
    else this.session.broken();
  }

  /** The client takes more again. */
  goOn(): void {
    this.outgoing.isHeldUp = false;
    const { session } = this;
    session.await(this.hasHead ? Waiting.backend : session.isAwaiting);
    session.upstream!.socket.resume();
  }

  private truncated(): void {
    this.session.fail({ outcome: 'truncated', retry: 'never' });
  }

  /** Reads interim heads and the final one; returns where the body begins, or -1 when there is nothing more to read. */
  private readHeads(bytes: Buffer, length: number): number {
    const { session } = this;
    const { response } = session.upstream!;
    let at = 0;
    for (;;) {
      const result = response.feed(bytes, at, length);
      if (result === Parsed.more) return -1;
      if (result !== Parsed.complete) return this.refuse();
      at = response.consumed;
      if (!response.isInterim) return response.frame(session.head.method) ? this.accept(at) : this.refuse();
      // Nobody asked to switch protocols.
      if (response.status === 101 || ++this.interim > MAX_INTERIM) return this.refuse();
      this.relayInterim(response);
      response.reset();
      if (at >= length) return -1;
    }
  }

  private refuse(): -1 {
    this.session.fail({ outcome: 'bad_response', retry: 'never' });
    return -1;
  }

  /** HTTP/1.0 knows no interim responses (RFC 9110 section 15.2). */
  private relayInterim(response: ResponseHead): void {
    const { session } = this;
    if (session.head.minor === 0) return;
    if (!session.connection.socket.send(interimText(response))) {
      this.outgoing.isHeldUp = true;
      session.upstream!.socket.pause();
    }
    session.await(session.isAwaiting);
  }

  private accept(at: number): number {
    const { session } = this;
    const { status } = session.upstream!.response;
    if (this.pipeline.takesResponse(session.exchange, status, session.isRepeatable)) return this.start(at);
    session.fail({ outcome: 'bad_status', retry: 'idempotent' });
    return -1;
  }

  private start(at: number): number {
    const { session } = this;
    const { response } = session.upstream!;
    this.hasHead = true;
    this.remaining = response.length;
    this.pipeline.responseStarted(session.exchange, response.status);
    this.outgoing.head = responseText(session.exchange, response, this.framingFields(response));
    session.await(Waiting.backend);
    return at;
  }

  /** Decides how the client learns where the body ends, and whether its connection stays. */
  private framingFields(response: ResponseHead): string {
    const { head, connection, leavesBodyOpen } = this.session;
    const { framing } = response;
    const isUnmeasured = framing === Framing.chunked || framing === Framing.close;
    this.outgoing.isChunked = isUnmeasured && head.minor === 1;
    const endsWithBody = isUnmeasured && head.minor === 0;
    if (connection.isDraining || !head.isPersistent || endsWithBody || leavesBodyOpen) {
      connection.closesAfterAnswer = true;
    }
    const coding = this.outgoing.isChunked ? 'Transfer-Encoding: chunked\r\n' : '';
    if (connection.closesAfterAnswer) return `${coding}Connection: close\r\n`;
    return head.minor === 0 ? 'Connection: keep-alive\r\n' : coding;
  }

  private readBody(bytes: Buffer, at: number, length: number): void {
    const { response } = this.session.upstream!;
    switch (response.framing) {
      case Framing.none:
        this.deliver(bytes, at, at, true);
        return this.complete(at === length);
      case Framing.length: {
        const end = Math.min(length, at + this.remaining);
        this.remaining -= end - at;
        const isLast = this.remaining === 0;
        this.deliver(bytes, at, end, isLast);
        return isLast ? this.complete(end === length) : this.prepareForMore(bytes, length);
      }
      case Framing.chunked:
        return this.readChunks(bytes, at, length);
      default:
        this.deliver(bytes, at, length, false);
        return this.prepareForMore(bytes, length);
    }
  }

  private readChunks(bytes: Buffer, at: number, length: number): void {
    const { chunked } = this.session.upstream!;
    const result = chunked.read(bytes, at, length);
    if (result !== Parsed.more && result !== Parsed.complete) return this.truncated();
    const isLast = result === Parsed.complete;
    this.deliver(bytes, chunked.dataStart, chunked.dataEnd, isLast);
    if (isLast) this.complete(chunked.next === length);
    else this.prepareForMore(bytes, length);
  }

  /** A read that filled its buffer has more behind it. */
  private prepareForMore(bytes: Buffer, length: number): void {
    if (length === bytes.length) this.session.upstream?.socket.enlarge();
  }

  /** Sends a piece of the body, and what waits to be sent before it. */
  private deliver(bytes: Buffer, from: number, to: number, isLast: boolean): void {
    const { session, outgoing } = this;
    if (isLast && outgoing.isChunked) outgoing.ending = this.lastChunk();
    session.exchange.bytesOut += to - from;
    // TLS hands over what it has decrypted already also behind a pause, and it may be framing alone.
    const hasRoom = outgoing.send(session.connection.socket, bytes, from, to);
    if (isLast) return;
    if (!hasRoom) session.upstream!.socket.pause();
    session.await(hasRoom ? Waiting.backend : Waiting.client);
  }

  private lastChunk(): string {
    const upstream = this.session.upstream!;
    return lastChunkText(upstream.response.framing === Framing.chunked ? upstream.chunked.trailers : null);
  }

  /** @param isAlone Whether nothing came behind the response: what does belongs to no request. */
  private complete(isAlone: boolean): void {
    const { session } = this;
    const isSelfFramed = session.upstream!.response.framing !== Framing.close;
    session.isAnswered = true;
    session.await(Waiting.client);
    session.responseArrived(isAlone && isSelfFramed, !this.isHeldUp);
    if (!this.isHeldUp) session.finish();
  }
}
