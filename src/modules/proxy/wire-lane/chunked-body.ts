import { FieldSection, FieldState, Parsed, type SectionLimits } from './field-section.js';
import { BACKSLASH, CR, EQUALS, HEX, LF, QUOTE, SEMICOLON, TOKEN, VALUE } from './grammar.js';

/** The fields behind a chunked body. */
export class TrailerSection extends FieldSection {
  constructor(limits: SectionLimits) {
    super(FieldState.lineStart, limits);
  }

  protected override read(bytes: Buffer, start: number, to: number): Parsed {
    return this.readFields(bytes, start, to);
  }
}

const State = {
  size: 0,
  sizeMore: 1,
  extensionName: 2,
  extensionNameMore: 3,
  extensionValue: 4,
  extensionToken: 5,
  extensionQuoted: 6,
  extensionEscaped: 7,
  extensionEnd: 8,
  sizeEnd: 9,
  data: 10,
  dataCr: 11,
  dataLf: 12,
  trailer: 13,
} as const;

/** Hex digits of a chunk's size: 2^52 bytes. More would not be a number that is exact. */
const MAX_SIZE_DIGITS = 13;
/** Bytes that the extensions of one chunk may take. They are read, and never passed on. */
const MAX_EXTENSION_BYTES = 1024;
/** Bytes of extensions in one message that may come before its data outweighs them: an endless body of them is an attack. */
const FREE_EXTENSION_BYTES = 16_384;

/**
 * Takes the chunked coding off a body (RFC 9112 section 7.1), strictly: sizes are hex digits and nothing else, lines end
 * with CRLF, extensions have the form that the RFC gives them, without blanks. After a {@link read} the data of all chunks
 * in the piece lies in one run, moved together in place.
 */
export class ChunkedBody {
  /** Where the data of the last piece lies. */
  dataStart = 0;
  dataEnd = 0;
  /** Behind the last byte that belongs to the body. */
  next = 0;
  readonly trailers: TrailerSection;
  private state: number = State.size;
  private remaining = 0;
  private digits = 0;
  private extensionBytes = 0;
  /** Bytes of extensions in the whole message beyond those of data. */
  private surplus = 0;

  constructor(limits: SectionLimits) {
    this.trailers = new TrailerSection(limits);
  }

  reset(): void {
    this.state = State.size;
    this.remaining = 0;
    this.digits = 0;
    this.extensionBytes = 0;
    this.surplus = 0;
    this.trailers.reset();
  }

  /** Reads on. `complete`: the body and its trailers have ended at {@link next}. */
  read(bytes: Buffer, from: number, to: number): Parsed {
    this.dataStart = from;
    this.dataEnd = from;
    let at = from;
    while (at < to) {
      if (this.state === State.data) at = this.take(bytes, at, to);
      else if (this.state === State.trailer) return this.readTrailers(bytes, at, to);
      else if (!this.step(bytes[at++]!)) return Parsed.bad;
    }
    this.next = at;
    return Parsed.more;
  }

  /** Takes data, next to what this piece had before. */
  private take(bytes: Buffer, at: number, to: number): number {
    const end = Math.min(to, at + this.remaining);
    if (this.dataEnd === this.dataStart) {
      this.dataStart = at;
      this.dataEnd = end;
    } else {
      bytes.copyWithin(this.dataEnd, at, end);
      this.dataEnd += end - at;
    }
    this.remaining -= end - at;
    this.surplus = Math.max(0, this.surplus - (end - at));
    if (this.remaining === 0) this.state = State.dataCr;
    return end;
  }

  private readTrailers(bytes: Buffer, at: number, to: number): Parsed {
    const result = this.trailers.feed(bytes, at, to);
    this.next = result === Parsed.complete ? this.trailers.consumed : to;
    return result === Parsed.complete || result === Parsed.more ? result : Parsed.bad;
  }

  /** One byte of the framing; false: it must not be there. */
  private step(code: number): boolean {
    switch (this.state) {
      case State.size:
        this.digits = 0;
        this.remaining = 0;
        this.extensionBytes = 0;
        return this.digit(code);
      case State.sizeMore:
        if (code === CR) return this.to(State.sizeEnd);
        return code === SEMICOLON ? this.extend(State.extensionName) : this.digit(code);
      case State.sizeEnd:
        if (code !== LF) return false;
        return this.to(this.remaining === 0 ? State.trailer : State.data);
      case State.dataCr:
        return code === CR && this.to(State.dataLf);
      case State.dataLf:
        return code === LF && this.to(State.size);
      default:
        return this.extension(code);
    }
  }

  private digit(code: number): boolean {
    const value = HEX[code]!;
    if (value > 15 || ++this.digits > MAX_SIZE_DIGITS) return false;
    this.remaining = this.remaining * 16 + value;
    return this.to(State.sizeMore);
  }

  /** `;name`, `;name=token`, `;name="quoted"`, any number of them. */
  private extension(code: number): boolean {
    switch (this.state) {
      case State.extensionName:
        return TOKEN[code] !== 0 && this.extend(State.extensionNameMore);
      case State.extensionNameMore:
        if (code === EQUALS) return this.extend(State.extensionValue);
        return TOKEN[code] === 0 ? this.endExtension(code) : this.extend(this.state);
      case State.extensionValue:
        if (code === QUOTE) return this.extend(State.extensionQuoted);
        return TOKEN[code] !== 0 && this.extend(State.extensionToken);
      case State.extensionToken:
        return TOKEN[code] === 0 ? this.endExtension(code) : this.extend(this.state);
      case State.extensionQuoted:
        if (code === QUOTE) return this.extend(State.extensionEnd);
        if (code === BACKSLASH) return this.extend(State.extensionEscaped);
        return VALUE[code] === 1 && this.extend(this.state);
      case State.extensionEscaped:
        return VALUE[code] === 1 && this.extend(State.extensionQuoted);
      default:
        return this.endExtension(code);
    }
  }

  private endExtension(code: number): boolean {
    if (code === CR) return this.to(State.sizeEnd);
    return code === SEMICOLON && this.extend(State.extensionName);
  }

  private extend(state: number): boolean {
    return (
      ++this.extensionBytes <= MAX_EXTENSION_BYTES && ++this.surplus <= FREE_EXTENSION_BYTES && this.to(state)
    );
  }

  private to(state: number): true {
    this.state = state;
    return true;
  }
}
