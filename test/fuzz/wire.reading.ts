import { ChunkedBody } from '../../src/modules/proxy/wire-lane/chunked-body.js';
import { Parsed } from '../../src/modules/proxy/wire-lane/field-section.js';
import { Framing, RequestHead } from '../../src/modules/proxy/wire-lane/request-head.js';
import { ResponseHead } from '../../src/modules/proxy/wire-lane/response-head.js';

const LIMITS = { maxHeadBytes: 16_384, maxHeaders: 100, maxUriBytes: 8_192 };

/** A message as the parsers of the wire lane saw it. Fields are name, value, name, value ...; texts are latin1. */
export interface WireMessage {
  /** Method and target of a request, status of a response. */
  readonly line: string;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

export interface WireReading {
  readonly messages: readonly WireMessage[];
  /** `open`: whole so far, or in the middle of a message. `closed`: behind the last message that the connection allows. */
  readonly ending: 'open' | 'closed' | keyof typeof Parsed;
}

/** What the parsers of the wire lane make of bytes that come piece by piece, put together as a connection does it. */
abstract class WireReader {
  protected readonly messages: WireMessage[] = [];
  protected ending: WireReading['ending'] = 'open';
  protected framing: Framing = Framing.none;
  protected remaining = 0;
  private isInBody = false;
  private body = '';
  private readonly chunks = new ChunkedBody(LIMITS);

  read(pieces: readonly Buffer[], hasEnded: boolean): WireReading {
    for (const piece of pieces) {
      // The parser moves chunks together in place: each reading has bytes of its own.
      const bytes = Buffer.from(piece);
      for (let at = 0; at < bytes.length && this.ending === 'open';) at = this.step(bytes, at);
    }
    if (hasEnded && this.ending === 'open' && this.isInBody && this.framing === Framing.close)
      this.complete();
    return { messages: this.messages, ending: this.ending };
  }

  protected abstract get head(): RequestHead | ResponseHead;
  protected abstract get line(): string;
  /** Whether a message is over, or only announced one; sets framing. null: it contradicts itself. */
  protected abstract open(): boolean | null;

  private step(bytes: Buffer, at: number): number {
    if (!this.isInBody) return this.readHead(bytes, at);
    if (this.framing === Framing.chunked) return this.readChunks(bytes, at);
    const end = this.framing === Framing.close ? bytes.length : Math.min(bytes.length, at + this.remaining);
    this.body += bytes.toString('latin1', at, end);
    this.remaining -= end - at;
    if (this.framing === Framing.length && this.remaining === 0) this.complete();
    return end;
  }

  private readHead(bytes: Buffer, at: number): number {
    const { head } = this;
    const result = head.feed(bytes, at, bytes.length);
    if (result === Parsed.more) return bytes.length;
    if (result !== Parsed.complete) return this.refuse(result, bytes);
    const { consumed } = head;
    const isFinal = this.open();
    if (isFinal === null) return this.refuse(Parsed.bad, bytes);
    if (!isFinal) head.reset();
    else if (this.framing === Framing.none) this.complete();
    else this.isInBody = true;
    return consumed;
  }

  private readChunks(bytes: Buffer, at: number): number {
    const { chunks } = this;
    const result = chunks.read(bytes, at, bytes.length);
    this.body += bytes.toString('latin1', chunks.dataStart, chunks.dataEnd);
    if (result === Parsed.complete) this.complete();
    else if (result !== Parsed.more) return this.refuse(result, bytes);
    return chunks.next;
  }

  private refuse(result: Parsed, bytes: Buffer): number {
    this.ending = Object.entries(Parsed).find(([, code]) => code === result)![0] as keyof typeof Parsed;
    return bytes.length;
  }

  private complete(): void {
    const { head, body } = this;
    const trailers = this.framing === Framing.chunked ? this.chunks.trailers.toList() : [];
    this.messages.push({ line: this.line, fields: head.toList(), body, trailers });
    if (!head.isPersistent || this.framing === Framing.close) this.ending = 'closed';
    head.reset();
    this.chunks.reset();
    this.isInBody = false;
    this.body = '';
  }
}

export class WireRequestReader extends WireReader {
  protected override readonly head = new RequestHead(LIMITS);

  protected override get line(): string {
    return `${this.head.method} ${this.head.target}`;
  }

  protected override open(): boolean {
    this.framing = this.head.framing;
    this.remaining = this.head.length;
    return true;
  }
}

/** Reads one final response, to a request of one method. */
export class WireResponseReader extends WireReader {
  protected override readonly head = new ResponseHead(LIMITS);

  constructor(private readonly method: string) {
    super();
  }

  protected override get line(): string {
    return String(this.head.status);
  }

  protected override open(): boolean | null {
    if (this.head.status === 101 || this.messages.length > 0) return null;
    if (!this.head.frame(this.method)) return null;
    this.framing = this.head.framing;
    this.remaining = this.head.length;
    return !this.head.isInterim;
  }
}
