import { FieldIndex } from './field-index.js';
import { identify } from './field-names.js';
import { latin1 } from './latin1.js';
import { COLON, CR, LF, SPACE, TAB, TOKEN, UNDERSCORE, VALUE } from './grammar.js';

/** What became of a piece that was fed to a parser. */
export const Parsed = {
  /** All is well as far as it goes. */
  more: 0,
  complete: 1,
  /** Not HTTP. */
  bad: 2,
  uriTooLong: 3,
  tooLarge: 4,
} as const;
export type Parsed = (typeof Parsed)[keyof typeof Parsed];

export interface SectionLimits {
  /** Bytes from the first of the start line to the empty line, both included. */
  readonly maxHeadBytes: number;
  /** Fields. */
  readonly maxHeaders: number;
}

/** Where in a field line the parser stands. States below belong to the start line. */
export const FieldState = {
  lineStart: 16,
  name: 17,
  blank: 18,
  value: 19,
  lineEnd: 20,
  lastEnd: 21,
} as const;

/**
 * The fields of one message, parsed strictly (RFC 9112 section 5): no folded lines, no blank
 * before the colon, no bare CR or LF, no control characters. Any split of the input gives the same result, as the state
 * is kept byte by byte; a section that comes in one piece is read where it lies, one that comes in several is gathered.
 */
export abstract class FieldSection extends FieldIndex {
  /** Where the section ends in what was fed last. */
  consumed = 0;
  protected state: number;
  /** Start of the token that is being read, and the first byte not looked at yet; both from the section's start. */
  protected mark = 0;
  protected position = 0;
  private nameEnd = 0;
  private seen = 0;
  /** What came in earlier pieces. */
  private gathered: Buffer | null = null;
  private gatheredLength = 0;

  constructor(
    private readonly initialState: number,
    protected readonly limits: SectionLimits,
  ) {
    super();
    this.state = initialState;
  }

  /** Forgets everything: another message begins. */
  reset(): void {
    this.clear();
    this.state = this.initialState;
    this.mark = 0;
    this.position = 0;
    this.gathered = null;
    this.gatheredLength = 0;
    this.seen = 0;
  }

  /** Makes do with what has come of a section that will not be complete: the fields before its end can be read. */
  salvage(): void {
    if (this.gathered !== null) this.text = latin1(this.gathered, 0, this.gatheredLength);
  }

  /** Reads on. After `complete`, {@link consumed} tells where in `bytes` the section ended. */
  feed(bytes: Buffer, from: number, to: number): Parsed {
    if (this.gathered !== null) return this.feedGathered(bytes, from, to);
    const result = this.read(bytes, from, to);
    if (result !== Parsed.complete) {
      this.gather(bytes, from, to);
      return result;
    }
    this.consumed = from + this.position;
    return this.completed(latin1(bytes, from, this.consumed));
  }

  /** Reads on from `position`; the section starts at `start` in `bytes`. */
  protected abstract read(bytes: Buffer, start: number, to: number): Parsed;

  /** Whether the fields, now that all are known, agree with each other. */
  protected isSound(): boolean {
    return true;
  }

  /**
   * Reads field lines up to the empty line behind the last. State is kept in locals while it runs: the loop takes half the
   * time that it takes on fields of the object.
   */
  protected readFields(bytes: Uint8Array, start: number, to: number): Parsed {
    let at = start + this.position;
    let { state } = this;
    while (at < to) {
      switch (state) {
        case FieldState.lineStart:
          if (bytes[at] === CR) {
            state = FieldState.lastEnd;
            at++;
            continue;
          }
          if (this.count >= this.limits.maxHeaders) return Parsed.tooLarge;
          this.mark = at - start;
          this.seen = 0;
          state = FieldState.name;
          continue;
        case FieldState.name:
          at = this.readName(bytes, at, to);
          if (at === to) continue;
          if (bytes[at] !== COLON || at - start === this.mark) return Parsed.bad;
          this.nameEnd = at++ - start;
          state = FieldState.blank;
          continue;
        case FieldState.blank:
          while (at < to && isBlank(bytes[at]!)) at++;
          if (at === to) continue;
          this.begin(bytes, start, at);
          state = FieldState.value;
          continue;
        case FieldState.value:
          at = endOfValue(bytes, at, to);
          if (at === to) continue;
          if (bytes[at] !== CR) return Parsed.bad;
          this.end(bytes, start, at++);
          state = FieldState.lineEnd;
          continue;
        case FieldState.lineEnd:
          if (bytes[at++] !== LF) return Parsed.bad;
          state = FieldState.lineStart;
          continue;
        default:
          if (bytes[at] !== LF) return Parsed.bad;
          this.position = at + 1 - start;
          return this.position > this.limits.maxHeadBytes ? Parsed.tooLarge : Parsed.complete;
      }
    }
    this.state = state;
    return this.pause(at - start);
  }

  /** Everything that there is has been looked at. */
  protected pause(position: number): Parsed {
    this.position = position;
    return position >= this.limits.maxHeadBytes ? Parsed.tooLarge : Parsed.more;
  }

  private readName(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    let { seen } = this;
    while (at < to) {
      const kind = TOKEN[bytes[at]!]!;
      if (kind === 0) break;
      seen |= kind;
      at++;
    }
    this.seen = seen;
    return at;
  }

  /** A field's value begins. */
  private begin(bytes: Uint8Array, start: number, at: number): void {
    const { mark, nameEnd } = this;
    const id = identify(bytes, start + mark, start + nameEnd, (this.seen & UNDERSCORE) !== 0);
    this.open(id, mark, nameEnd, at - start);
  }

  /** Blanks behind a value are not part of it (RFC 9112 section 5.1). */
  private end(bytes: Uint8Array, start: number, at: number): void {
    const valueStart = start + this.openValueStart;
    let end = at;
    while (end > valueStart && isBlank(bytes[end - 1]!)) end--;
    this.close(end - start);
  }

  /** Keeps what has come; no more than one byte beyond the limit, which is enough to refuse it. */
  private gather(bytes: Buffer, from: number, to: number): void {
    const length = Math.min(to - from, this.limits.maxHeadBytes + 1);
    this.gathered = Buffer.allocUnsafeSlow(Math.max(512, length * 2));
    bytes.copy(this.gathered, 0, from, from + length);
    this.gatheredLength = length;
  }

  private feedGathered(bytes: Buffer, from: number, to: number): Parsed {
    const before = this.gatheredLength;
    const length = Math.min(to - from, this.limits.maxHeadBytes + 1 - before);
    this.reserve(before + length);
    const gathered = this.gathered!;
    bytes.copy(gathered, before, from, from + length);
    this.gatheredLength = before + length;
    const result = this.read(gathered, 0, this.gatheredLength);
    if (result !== Parsed.complete) return result;
    this.consumed = from + this.position - before;
    this.gathered = null;
    return this.completed(latin1(gathered, 0, this.position));
  }

  private completed(text: string): Parsed {
    this.text = text;
    return this.isSound() ? Parsed.complete : Parsed.bad;
  }

  private reserve(length: number): void {
    const gathered = this.gathered!;
    if (length <= gathered.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(length, gathered.length * 2));
    gathered.copy(larger, 0, 0, this.gatheredLength);
    this.gathered = larger;
  }
}

/**
 * Index of the first byte that a value cannot hold (RFC 9110 section 5.5). Most bytes of a head go through here; looked up
 * in a table they take a fifth less than compared.
 */
export function endOfValue(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && VALUE[bytes[at]!] === 1) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
