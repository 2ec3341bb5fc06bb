import { NetworkList } from './network.list.js';
import { faultText } from './network.problem.js';
import { NetworkReader } from './network.reader.js';

export interface FeedFault {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Faults that are told; the others are only counted. */
const TOLD_FAULTS = 10;
/** No address needs as many bytes, and nor should a comment. */
const LONGEST_LINE = 4_096;
/** A fault repeats as much of its line. */
const TOLD_BYTES = 100;

const LINE_FEED = 0x0a;
const HASH = 0x23;
const SEMICOLON = 0x3b;
const BLANK = 0x20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Reads a feed piece by piece, however its lines are cut: an address or CIDR block a line, a comment from `#` or `;` on,
 * blanks and empty lines as one likes. All faults are found, not only the first.
 */
export class FeedParser {
  readonly networks = new NetworkList();
  /** The first ones, in order. */
  readonly faults: FeedFault[] = [];
  faultCount = 0;
  private readonly reader = new NetworkReader();
  private readonly carried = Buffer.alloc(LONGEST_LINE);
  private carriedLength = 0;
  private isOverlong = false;
  private line = 0;

  write(bytes: Uint8Array): void {
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, from)) {
      if (this.carriedLength === 0 && !this.isOverlong) this.takeLine(bytes, from, at);
      else {
        this.carry(bytes, from, at);
        this.takeCarried();
      }
      from = at + 1;
    }
    this.carry(bytes, from, bytes.length);
  }

  /** The last line may have no end. */
  end(): void {
    if (this.carriedLength > 0 || this.isOverlong) this.takeCarried();
    this.networks.trim();
  }

  private carry(bytes: Uint8Array, from: number, to: number): void {
    if (this.carriedLength + to - from > LONGEST_LINE) {
      this.isOverlong = true;
      return;
    }
    this.carried.set(bytes.subarray(from, to), this.carriedLength);
    this.carriedLength += to - from;
  }

  private takeCarried(): void {
    const length = this.carriedLength;
    this.carriedLength = 0;
    if (!this.isOverlong) return this.takeLine(this.carried, 0, length);
    this.isOverlong = false;
    this.line++;
    this.fault(`is longer than ${LONGEST_LINE} bytes: write one address or CIDR block a line`);
  }

  private takeLine(bytes: Uint8Array, start: number, end: number): void {
    this.line++;
    let from = start;
    if (this.line === 1 && startsWithMark(bytes, start, end)) from += BYTE_ORDER_MARK.length;
    while (from < end && bytes[from]! <= BLANK) from++;
    let to = from;
    while (to < end && bytes[to] !== HASH && bytes[to] !== SEMICOLON) to++;
    while (to > from && bytes[to - 1]! <= BLANK) to--;
    if (to > from) this.takeEntry(bytes, from, to);
  }

  private takeEntry(bytes: Uint8Array, from: number, to: number): void {
    const fault = this.reader.read(bytes, from, to);
    if (fault !== null) {
      const text = Buffer.from(bytes.subarray(from, Math.min(to, from + TOLD_BYTES))).toString();
      return this.fault(faultText(fault, text, this.reader));
    }
    // One such line in a feed of somebody else's, and nobody is served.
    if (this.reader.bits === 0)
      return this.fault('blocks every address: write it into `blocklist` if that is meant');
    this.networks.add(this.reader, 0);
  }

  private fault(message: string): void {
    this.faultCount++;
    if (this.faults.length < TOLD_FAULTS) this.faults.push({ line: this.line, message });
  }
}

function startsWithMark(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= 3 && BYTE_ORDER_MARK.every((byte, index) => bytes[from + index] === byte);
}
