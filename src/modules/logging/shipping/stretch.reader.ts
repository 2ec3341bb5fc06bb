import { closeSync, openSync } from 'node:fs';
import { SegmentReader } from '../spool/segment.reader.js';
import { sourceOf } from '../spool/segment.recovery.js';
import type { Losses } from '../spool/losses.js';
import type { Segment } from '../spool/segment.js';
import type { Spool } from '../spool/spool.js';
import type { Stretch } from './shipping.position.js';

/** Of a consignment's records; long ones make it end earlier. */
const BYTES_PER_RECORD = 420;

/** What was read of a spool; the bytes are the caller's. */
export interface ReadBatch {
  readonly bytes: ArrayBuffer;
  /** As the frame says. */
  readonly records: number;
  /** When it was written, Unix milliseconds. */
  readonly time: number;
}

/** Takes stretches out of a spool, batch by batch, the oldest first. */
export class StretchReader {
  private file = -1;
  private fileNumber = 0;
  private readonly reader = new SegmentReader((target, position) => sourceOf(this.file)(target, position));

  private segment = 0;
  private offset = 0;

  constructor(
    private readonly spool: Spool,
    private readonly losses: Losses,
    /** A consignment holds about so many at most: it ends with the batch that reaches them, or their bytes. */
    private readonly maxRecords: number,
  ) {}

  /** What lies before has been shipped. Once, before anything is read. */
  startAt(number: number, offset: number): void {
    [this.segment, this.offset] = [number, offset];
    const segment = this.spool.segments.find((candidate) => candidate.number === number);
    if (segment === undefined) return;
    const reader = this.openAt(segment);
    const limit = Math.min(offset, segment.end);
    for (let at = segment.framesAt, frame = reader?.next(at, limit); frame; frame = reader?.next(at, limit)) {
      at = frame.end;
      segment.left -= frame.records;
    }
  }

  /** When the oldest record that is left was written, Unix milliseconds; 0: none is left. */
  oldest(): number {
    const segment = this.present();
    if (segment === null) return 0;
    const frame = this.openAt(segment)?.next(this.offset, segment.end) ?? null;
    return frame?.time ?? 0;
  }

  /** Yields the batches of the next stretch, which it returns; null: nothing is left. Damaged parts are passed over. */
  *next(): Generator<ReadBatch, Stretch | null> {
    const segment = this.present();
    if (segment === null) {
      for (const read of this.spool.segments) this.settleCount(read);
      return null;
    }
    const from = this.offset;
    let [records, bytes] = [0, 0];
    const reader = this.openAt(segment);
    while (records < this.maxRecords && bytes < this.maxRecords * BYTES_PER_RECORD) {
      const frame = reader?.next(this.offset, segment.end) ?? null;
      if (frame === null) {
        this.passOver(segment);
        break;
      }
      this.spool.passedOver(segment, Number(frame.start > this.offset));
      this.offset = frame.end;
      segment.left -= frame.records;
      records += frame.records;
      bytes += frame.batch.length;
      yield { bytes: copyOf(frame.batch), records: frame.records, time: frame.time };
    }
    this.settleCount(segment);
    return { segment: segment.number, from, to: this.offset };
  }

  /** The batches of a stretch that was taken before; none when its segment is gone. */
  *again({ segment: number, from, to }: Stretch): Generator<ReadBatch, void> {
    const segment = this.spool.segments.find((candidate) => candidate.number === number);
    if (segment === undefined) return;
    const reader = this.openAt(segment);
    const limit = Math.min(to, segment.end);
    let at = from;
    for (let frame = reader?.next(at, limit); frame; frame = reader?.next(at, limit)) {
      this.spool.passedOver(segment, Number(frame.start > at));
      segment.left -= frame.records;
      at = frame.end;
      yield { bytes: copyOf(frame.batch), records: frame.records, time: frame.time };
    }
    this.spool.passedOver(segment, Number(at < limit));
    [this.segment, this.offset] = [number, to];
    this.settleCount(segment);
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
    this.fileNumber = 0;
  }

  /** The segment of the next stretch, which has something left; null: none has. */
  private present(): Segment | null {
    for (const segment of this.spool.segments) {
      if (segment.number < this.segment) continue;
      if (segment.number > this.segment) [this.segment, this.offset] = [segment.number, segment.framesAt];
      this.offset = Math.max(this.offset, segment.framesAt);
      if (this.offset < segment.end) return segment;
    }
    return null;
  }

  /** Nothing sound is left of the segment, up to where it ends now. */
  private passOver(segment: Segment): void {
    if (this.offset >= segment.end) return;
    this.spool.passedOver(segment, 1);
    this.offset = segment.end;
  }

  /** What is counted as left in a segment that is read to its end was in its damaged parts. */
  private settleCount(segment: Segment): void {
    if (segment.number === this.segment && this.offset < segment.end) return;
    this.losses.lose(segment.left, 'they were in a damaged part of the spool');
    segment.left = 0;
  }

  /** null: the file is gone, which is as if all of it were damaged. */
  private openAt({ number, path }: Segment): SegmentReader | null {
    if (this.fileNumber !== number) {
      this.close();
      try {
        this.file = openSync(path, 'r');
      } catch {
        return null;
      }
      this.fileNumber = number;
    }
    this.reader.forget();
    return this.reader;
  }
}

function copyOf(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}
