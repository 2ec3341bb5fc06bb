import { FieldId } from './field-names.js';
import { FieldSection, FieldState, Parsed, type SectionLimits } from './field-section.js';
import { latin1 } from './latin1.js';
import { CR, isDigit, LF, METHOD, SPACE, TARGET } from './grammar.js';

export interface RequestLimits extends SectionLimits {
  readonly maxUriBytes: number;
}

/** Where in a request line the parser stands. */
const LineState = { empty: 0, emptyEnd: 1, method: 2, target: 3, version: 4 } as const;

const VERSION = bytesOf('HTTP/1.');
/** `HTTP/1.1` with the end of its line. */
const VERSION_LENGTH = 10;
const MAX_METHOD_LENGTH = 32;

/** A length this long does not fit a number exactly, and no body is that large. */
const MAX_LENGTH_DIGITS = 15;

/** Methods by their first letter and length, so that the usual ones need no text of their own. */
const COMMON_METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS'] as const;

/** What frames a body. */
export const Framing = { none: 0, length: 1, chunked: 2, close: 3 } as const;
export type Framing = (typeof Framing)[keyof typeof Framing];

/** The head of a request (RFC 9112 section 3), parsed strictly. One empty line before it is skipped (section 2.2). */
export class RequestHead extends FieldSection {
  method = '';
  /** As received; empty until the head is complete, or salvaged. */
  target = '';
  /** Second digit of the version. */
  minor = 1;
  framing: Framing = Framing.none;
  /** Bytes of the body when the framing is `length`. */
  length = 0;
  /** Whether the sender takes it that the connection stays open. */
  isPersistent = true;
  private emptyLines = 0;
  private targetStart = 0;
  private targetEnd = 0;

  constructor(protected override readonly limits: RequestLimits) {
    super(LineState.empty, limits);
  }

  override reset(): void {
    super.reset();
    this.method = '';
    this.target = '';
    this.minor = 1;
    this.framing = Framing.none;
    this.length = 0;
    this.isPersistent = true;
    this.emptyLines = 0;
    this.targetStart = 0;
    this.targetEnd = 0;
  }

  override salvage(): void {
    super.salvage();
    this.target = this.text.slice(this.targetStart, this.targetEnd);
  }

  /** Whether nothing but an empty line has come. */
  get isBlank(): boolean {
    return this.state <= LineState.emptyEnd;
  }

  /** Whether the target is as long as the limit at which it is refused. */
  protected override pause(position: number): Parsed {
    if (this.state === LineState.target && position - this.mark > this.limits.maxUriBytes) {
      this.position = position;
      return Parsed.uriTooLong;
    }
    return super.pause(position);
  }

  protected override read(bytes: Buffer, start: number, to: number): Parsed {
    if (this.state < FieldState.lineStart) {
      const result = this.readLine(bytes, start, to);
      if (result !== Parsed.complete) return result;
    }
    return this.readFields(bytes, start, to);
  }

  /** What the fields say about the message as a whole (RFC 9112 sections 6 and 9.3). */
  protected override isSound(): boolean {
    this.target = this.text.slice(this.targetStart, this.targetEnd);
    if (this.indexOf(FieldId.connection) >= 0 || this.minor === 0)
      this.isPersistent = persists(this, this.minor);
    const lengthIndex = this.indexOf(FieldId['content-length']);
    if (this.indexOf(FieldId['transfer-encoding']) >= 0) {
      // In HTTP/1.0 it is a fault, and with a length besides it is an attempt to smuggle (section 6.1).
      if (lengthIndex >= 0 || this.minor === 0 || !isChunkedOnly(this)) return false;
      this.framing = Framing.chunked;
    } else if (lengthIndex >= 0) {
      this.length = soleLength(this);
      if (this.length < 0) return false;
      this.framing = this.length === 0 ? Framing.none : Framing.length;
    }
    return true;
  }

  private readLine(bytes: Buffer, start: number, to: number): Parsed {
    let at = start + this.position;
    let { state } = this;
    while (at < to) {
      switch (state) {
        case LineState.empty:
          if (bytes[at] !== CR || this.emptyLines > 0) {
            this.mark = at - start;
            state = LineState.method;
            continue;
          }
          this.emptyLines++;
          at++;
          state = LineState.emptyEnd;
          continue;
        case LineState.emptyEnd:
          if (bytes[at++] !== LF) return Parsed.bad;
          state = LineState.empty;
          continue;
        case LineState.method:
          while (at < to && METHOD[bytes[at]!] === 1) at++;
          if (at - start - this.mark > MAX_METHOD_LENGTH) return Parsed.bad;
          if (at === to) continue;
          if (bytes[at] !== SPACE || at - start === this.mark) return Parsed.bad;
          this.method = methodOf(bytes, start + this.mark, at);
          this.mark = ++at - start;
          state = LineState.target;
          continue;
        case LineState.target:
          while (at < to && TARGET[bytes[at]!] === 1) at++;
          if (at === to) continue;
          if (at - start - this.mark > this.limits.maxUriBytes) return this.refuseTarget(at - start);
          if (bytes[at] !== SPACE || at - start === this.mark) return Parsed.bad;
          this.targetStart = this.mark;
          this.targetEnd = at - start;
          this.mark = ++at - start;
          state = LineState.version;
          continue;
        default:
          this.state = state;
          this.position = at - start;
          return this.readVersion(bytes, start, to);
      }
    }
    this.state = state;
    return this.pause(at - start);
  }

  private refuseTarget(position: number): Parsed {
    this.position = position;
    return Parsed.uriTooLong;
  }

  /** Judged byte by byte as far as it goes: nobody waits for the rest of what cannot become a version. */
  private readVersion(bytes: Uint8Array, start: number, to: number): Parsed {
    const from = start + this.mark;
    for (let at = start + this.position; at < to && at < from + VERSION_LENGTH; at++) {
      if (!isVersionByte(at - from, bytes[at]!)) return Parsed.bad;
    }
    if (to - from < VERSION_LENGTH) return this.pause(to - start);
    this.minor = bytes[from + VERSION.length]! - 0x30;
    this.position = this.mark + VERSION_LENGTH;
    this.state = FieldState.lineStart;
    return Parsed.complete;
  }
}

/** The one length that a message claims; -1: several, or none that is a number. */
export function soleLength(section: FieldSection): number {
  const index = section.indexOf(FieldId['content-length']);
  if (section.countOf(FieldId['content-length']) > 1) return -1;
  return lengthOf(section.valueAt(index));
}

/** Whether the one transfer coding is `chunked`: any other would reach the next hop without its name. */
export function isChunkedOnly(section: FieldSection): boolean {
  const index = section.indexOf(FieldId['transfer-encoding']);
  if (section.countOf(FieldId['transfer-encoding']) > 1) return false;
  const value = section.valueAt(index);
  return value === 'chunked' || value.toLowerCase() === 'chunked';
}

/** Whether a connection stays open behind a message, by its version and its `Connection` fields. */
export function persists(section: FieldSection, minor: number): boolean {
  const index = section.indexOf(FieldId.connection);
  if (index < 0) return minor > 0;
  if (section.valueAt(index) === 'keep-alive' && section.countOf(FieldId.connection) === 1) return true;
  const options = section.value('connection')!.toLowerCase();
  let isKept = minor > 0;
  for (const part of options.split(',')) {
    const option = part.trim();
    if (option === 'close') return false;
    if (option === 'keep-alive') isKept = true;
  }
  return isKept;
}

/** `1*DIGIT` as a number; -1: it is none. */
function lengthOf(value: string): number {
  if (value.length === 0 || value.length > MAX_LENGTH_DIGITS) return -1;
  let length = 0;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (!isDigit(code)) return -1;
    length = length * 10 + code - 0x30;
  }
  return length;
}

/** Whether a byte may stand at an index of `HTTP/1.1\r\n`. */
function isVersionByte(index: number, code: number): boolean {
  if (index < VERSION.length) return code === VERSION[index];
  if (index === VERSION.length) return code === 0x30 || code === 0x31;
  return code === (index === VERSION.length + 1 ? CR : LF);
}

function methodOf(bytes: Buffer, from: number, to: number): string {
  for (const method of COMMON_METHODS) if (isText(bytes, from, to, method)) return method;
  return latin1(bytes, from, to);
}

function isText(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[from + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
