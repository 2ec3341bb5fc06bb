import { FieldId } from './field-names.js';
import { endOfValue, FieldSection, FieldState, Parsed, type SectionLimits } from './field-section.js';
import { CR, isDigit, LF, SPACE } from './grammar.js';
import { Framing, isChunkedOnly, persists, soleLength } from './request-head.js';

/** Where in a status line the parser stands. */
const LineState = { start: 0, afterStatus: 1, reason: 2, end: 3 } as const;

const VERSION = Uint8Array.from('HTTP/1.', (character) => character.charCodeAt(0));
/** `HTTP/1.1 200` */
const START_LENGTH = 12;
const ZERO = 0x30;

/** The head of a response (RFC 9112 section 4), interim ones included, parsed as strictly as a request. */
export class ResponseHead extends FieldSection {
  status = 0;
  /** Second digit of the version. */
  minor = 1;
  framing: Framing = Framing.none;
  /** Bytes of the body when the framing is `length`. */
  length = 0;
  /** Whether the backend leaves the connection open. */
  isPersistent = true;

  constructor(limits: SectionLimits) {
    super(LineState.start, limits);
  }

  override reset(): void {
    super.reset();
    this.status = 0;
    this.minor = 1;
    this.framing = Framing.none;
    this.length = 0;
    this.isPersistent = true;
  }

  get isInterim(): boolean {
    return this.status < 200;
  }

  /** Status and reason with the end of their line, as received; with the blank behind the status where it was left out. */
  get statusLine(): string {
    const line = this.text.slice('HTTP/1.1 '.length, this.lineStart(0));
    return line.length === '200\r\n'.length ? `${this.status} \r\n` : line;
  }

  /**
   * Finds out what frames the body (RFC 9112 section 6.3) of an answer to `method`; false: the fields contradict, or a
   * transfer coding is used that cannot be passed on.
   */
  frame(method: string): boolean {
    this.isPersistent = persists(this, this.minor);
    const hasCoding = this.indexOf(FieldId['transfer-encoding']) >= 0;
    const hasLength = this.indexOf(FieldId['content-length']) >= 0;
    if (hasCoding && (hasLength || this.minor === 0 || !isChunkedOnly(this))) return false;
    if (hasLength) {
      this.length = soleLength(this);
      if (this.length < 0) return false;
    }
    this.framing = this.framingFor(method, hasCoding, hasLength);
    return true;
  }

  protected override read(bytes: Buffer, start: number, to: number): Parsed {
    if (this.state < FieldState.lineStart) {
      const result = this.readLine(bytes, start, to);
      if (result !== Parsed.complete) return result;
    }
    return this.readFields(bytes, start, to);
  }

  private framingFor(method: string, hasCoding: boolean, hasLength: boolean): Framing {
    const { status } = this;
    if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return Framing.none;
    if (hasCoding) return Framing.chunked;
    if (!hasLength) return Framing.close;
    return this.length === 0 ? Framing.none : Framing.length;
  }

  private readLine(bytes: Buffer, start: number, to: number): Parsed {
    if (this.state === LineState.start && !this.readStart(bytes, start, to)) return Parsed.bad;
    let at = start + this.position;
    let { state } = this;
    while (at < to) {
      switch (state) {
        case LineState.afterStatus:
          // The blank behind the status is left out together with an empty reason by some.
          if (bytes[at] !== SPACE && bytes[at] !== CR) return Parsed.bad;
          state = LineState.reason;
          continue;
        case LineState.reason:
          at = endOfValue(bytes, at, to);
          if (at === to) continue;
          if (bytes[at++] !== CR) return Parsed.bad;
          state = LineState.end;
          continue;
        default:
          if (bytes[at] !== LF) return Parsed.bad;
          this.position = at + 1 - start;
          this.state = FieldState.lineStart;
          return Parsed.complete;
      }
    }
    this.state = state;
    return this.pause(at - start);
  }

  /** Reads version and status as far as they have come; false: they are none. */
  private readStart(bytes: Buffer, start: number, to: number): boolean {
    let index = this.position;
    for (; index < START_LENGTH && start + index < to; index++) {
      if (!isStartByte(index, bytes[start + index]!)) return false;
    }
    this.position = index;
    if (index < START_LENGTH) return true;
    this.minor = bytes[start + VERSION.length]! - ZERO;
    this.status =
      (bytes[start + 9]! - ZERO) * 100 + (bytes[start + 10]! - ZERO) * 10 + bytes[start + 11]! - ZERO;
    this.state = LineState.afterStatus;
    return true;
  }
}

/** Whether a byte may stand at an index of `HTTP/1.1 200`; statuses are 100 to 999, as parsers take them. */
function isStartByte(index: number, code: number): boolean {
  if (index < VERSION.length) return code === VERSION[index];
  if (index === VERSION.length) return code === ZERO || code === ZERO + 1;
  if (index === VERSION.length + 1) return code === SPACE;
  return index === VERSION.length + 2 ? code > ZERO && isDigit(code) : isDigit(code);
}
