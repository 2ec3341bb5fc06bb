import { closeSync, fdatasync, ftruncateSync, openSync, rmSync, writeSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import {
  FRAME_HEADER_BYTES,
  fillFrameHeader,
  SEGMENT_HEADER_BYTES,
  segmentHeader,
} from './segment.format.js';
import { type Segment, segmentName } from './segment.js';

/** Appends frames to one new segment. What failed halfway is taken back, so that it ends with a whole frame at any time. */
export class SegmentWriter {
  readonly segment: Segment;
  private readonly file: number;
  private readonly header = Buffer.alloc(FRAME_HEADER_BYTES);
  private syncedEnd = 0;
  private syncing: Promise<void> | null = null;

  /** Throws what the file system says. */
  constructor(folder: string, number: number, now: number) {
    const path = join(folder, segmentName(number));
    this.file = openSync(path, 'wx', 0o600);
    this.segment = { number, path, framesAt: SEGMENT_HEADER_BYTES, end: 0, left: 0, since: now };
    try {
      this.takeWritten(writeSync(this.file, segmentHeader(now)), SEGMENT_HEADER_BYTES);
    } catch (error) {
      closeSync(this.file);
      rmSync(path, { force: true });
      throw error;
    }
  }

  /** Throws what the file system says; the segment is as before then. */
  append(batch: Uint8Array, records: number, now: number): void {
    fillFrameHeader(this.header, batch, records, now);
    const { end } = this.segment;
    try {
      const written = writevSync(this.file, [this.header, batch], end);
      this.takeWritten(written, FRAME_HEADER_BYTES + batch.length);
    } catch (error) {
      // Should this fail as well, the next start cuts it off.
      ftruncateSync(this.file, end);
      throw error;
    }
    this.segment.left += records;
  }

  /** Resolves when all that was appended until now would survive the loss of power. Rejects with what the disk says. */
  async sync(): Promise<void> {
    const { end } = this.segment;
    while (this.syncedEnd < end) {
      this.syncing ??= this.syncNow().finally(() => (this.syncing = null));
      await this.syncing;
    }
  }

  /** Syncs and closes it; rejects with what the disk says, and is closed all the same. */
  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      await this.syncing?.catch(() => undefined);
      closeSync(this.file);
    }
  }

  /** A disk that fills up takes a part. */
  private takeWritten(written: number, wanted: number): void {
    if (written < wanted) throw Object.assign(new Error('only a part was written'), { code: 'ENOSPC' });
    this.segment.end += written;
  }

  private syncNow(): Promise<void> {
    const { end } = this.segment;
    return new Promise((resolve, reject) => {
      fdatasync(this.file, (error) => {
        if (error !== null) return reject(error);
        this.syncedEnd = end;
        resolve();
      });
    });
  }
}
