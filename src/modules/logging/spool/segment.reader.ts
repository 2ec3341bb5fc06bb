import {
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  type FrameHeader,
  isFrameSound,
  MAX_BATCH_BYTES,
  readFrameHeader,
} from './segment.format.js';

/** Bytes at a place of a file. Reads into `target` and tells how many it got; fewer only at the end. */
export type ByteSource = (target: Buffer, position: number) => number;

/** A frame whose checksum holds. */
export interface Frame {
  readonly start: number;
  /** Where the next one begins. */
  readonly end: number;
  readonly records: number;
  /** When it was written, Unix milliseconds by the clock of then. */
  readonly time: number;
  /** A view that the next call of the reader overwrites. */
  readonly batch: Buffer;
}

/** No frame is longer. */
const WINDOW_BYTES = FRAME_HEADER_BYTES + MAX_BATCH_BYTES;

/**
 * Finds the sound frames of one segment, through a window of half a MiB. Whatever the bytes are, it ends, and gives nothing
 * whose checksum does not hold.
 */
export class SegmentReader {
  private readonly window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  /** What of the segment is in the window. */
  private from = 0;
  private to = 0;

  constructor(private readonly source: ByteSource) {}

  /**
   * The first sound frame at or behind `from` that ends at or before `limit`; null: there is none. One that starts behind
   * `from` means that what lies between is damaged.
   */
  next(from: number, limit: number): Frame | null {
    for (let at = from; at + FRAME_HEADER_BYTES <= limit;) {
      const frame = this.frameAt(at, limit);
      if (frame !== null) return frame;
      at = this.nextMagic(at + 1, limit);
    }
    return null;
  }

  /** What was read may have changed since: it is read again. */
  forget(): void {
    this.to = this.from;
  }

  private frameAt(at: number, limit: number): Frame | null {
    const header = this.headerAt(at, limit);
    if (header === null) return null;
    const end = at + FRAME_HEADER_BYTES + header.length;
    if (end > limit || !this.holds(at, end)) return null;
    const index = at - this.from;
    if (!isFrameSound(this.window, index, header.length)) return null;
    const batch = this.window.subarray(index + FRAME_HEADER_BYTES, end - this.from);
    return { start: at, end, records: header.records, time: header.time, batch };
  }

  private headerAt(at: number, limit: number): FrameHeader | null {
    const end = at + FRAME_HEADER_BYTES;
    return end <= limit && this.holds(at, end)
      ? readFrameHeader(this.window.subarray(0, this.to - this.from), at - this.from)
      : null;
  }

  /** Where a frame may begin, at or behind `from`; `limit`: nowhere. */
  private nextMagic(from: number, limit: number): number {
    for (let at = from; at + FRAME_MAGIC.length <= limit;) {
      if (!this.holds(at, at + FRAME_MAGIC.length)) return limit;
      const found = this.window.subarray(0, this.to - this.from).indexOf(FRAME_MAGIC, at - this.from);
      if (found >= 0) return this.from + found;
      // The last bytes may be the beginning of one.
      at = Math.max(at + 1, this.to - FRAME_MAGIC.length + 1);
    }
    return limit;
  }

  /** Brings these bytes into the window; false: the file ends before. */
  private holds(start: number, end: number): boolean {
    if (start >= this.from && end <= this.to) return true;
    this.from = start;
    this.to = start + this.source(this.window, start);
    return end <= this.to;
  }
}
