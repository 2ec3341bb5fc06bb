import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { VelocityLogger } from '../application-log/velocity.logger.js';
import {
  FRAME_HEADER_BYTES,
  readFrameHeader,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
} from './segment.format.js';
import { type Segment, segmentName, segmentNumber } from './segment.js';
import { SegmentReader } from './segment.reader.js';

/** What an earlier process has left in a folder. */
export interface RecoveredSegments {
  /** By number; each has at least one frame. */
  readonly segments: readonly Segment[];
  /** Ends that were cut off, because a write had not been finished. */
  readonly tornEnds: number;
  /** The number that the next segment gets. */
  readonly nextNumber: number;
}

/** Added to the name of what this build cannot read, so that nobody reads it again, and nobody loses it. */
const SET_ASIDE = '.set-aside';

/**
 * Finds the segments of a folder, counts their records, and cuts off what a killed process has not finished. Reads the last
 * segment whole, of the others the headers of the frames only. Throws when the folder cannot be read or changed.
 */
export function recoverSegments(folder: string, log: VelocityLogger): RecoveredSegments {
  const numbers = readdirSync(folder)
    .map((name) => segmentNumber(name.replace(SET_ASIDE, '')))
    .filter((number) => number !== null);
  const present = readdirSync(folder)
    .map(segmentNumber)
    .filter((number) => number !== null)
    .toSorted((a, b) => a - b);
  const segments: Segment[] = [];
  let tornEnds = 0;
  for (const number of present) {
    const found = new FoundSegment(folder, number, log);
    const segment = found.examine(number === present.at(-1));
    if (segment !== null) segments.push(segment);
    if (found.isTorn) tornEnds++;
  }
  return { segments, tornEnds, nextNumber: Math.max(0, ...numbers) + 1 };
}

class FoundSegment {
  isTorn = false;
  private readonly path: string;
  private readonly size: number;

  constructor(
    folder: string,
    private readonly number: number,
    private readonly log: VelocityLogger,
  ) {
    this.path = join(folder, segmentName(number));
    this.size = statSync(this.path).size;
  }

  /** null: there is nothing to read in it. */
  examine(isLast: boolean): Segment | null {
    const file = openSync(this.path, 'r+');
    try {
      const framesAt = this.framesAt(file);
      if (framesAt === null) return null;
      const counted = isLast ? null : countByHeaders(file, framesAt, this.size);
      const { end, records, since } = counted ?? countByChecksums(file, framesAt, this.size);
      if (records === 0) return this.drop();
      if (end < this.size) this.cut(file, end);
      return { number: this.number, path: this.path, framesAt, end, left: records, since };
    } finally {
      closeSync(file);
    }
  }

  /** null: it is none of ours, or empty, and was dealt with. */
  private framesAt(file: number): number | null {
    const bytes = Buffer.alloc(Math.min(SEGMENT_HEADER_BYTES, this.size));
    readSync(file, bytes, 0, bytes.length, 0);
    const header = readSegmentHeader(bytes);
    if (header.kind === 'segment') return header.framesAt;
    if (header.kind === 'unknown-version') return this.setAside(`it is of version ${header.version}`);
    // A header may be damaged, or was never finished; frames tell whose file it is.
    if (new SegmentReader(sourceOf(file)).next(0, this.size) !== null) return 0;
    return this.size < SEGMENT_HEADER_BYTES || bytes.every((byte) => byte === 0)
      ? this.drop()
      : this.setAside('it is no segment of a spool');
  }

  private drop(): null {
    rmSync(this.path);
    if (this.size > SEGMENT_HEADER_BYTES) this.isTorn = true;
    return null;
  }

  private setAside(why: string): null {
    const aside = this.path + SET_ASIDE;
    renameSync(this.path, aside);
    this.log.error({ file: aside, why }, 'a file of the spool cannot be read and was set aside');
    return null;
  }

  private cut(file: number, end: number): void {
    this.isTorn = true;
    ftruncateSync(file, end);
    fsyncSync(file);
    this.log.warn({ file: this.path, bytes: this.size - end }, 'an unfinished end of the spool was cut off');
  }
}

interface Counted {
  /** Where the last frame ends. */
  readonly end: number;
  readonly records: number;
  readonly since: number;
}

/** null: the headers do not lead from one to the next up to the end. */
function countByHeaders(file: number, framesAt: number, size: number): Counted | null {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES);
  let [at, records, since] = [framesAt, 0, 0];
  while (at < size) {
    if (readSync(file, bytes, 0, FRAME_HEADER_BYTES, at) < FRAME_HEADER_BYTES) return null;
    const header = readFrameHeader(bytes, 0);
    if (header === null) return null;
    if (at === framesAt) since = header.time;
    at += FRAME_HEADER_BYTES + header.length;
    records += header.records;
  }
  return at === size ? { end: at, records, since } : null;
}

function countByChecksums(file: number, framesAt: number, size: number): Counted {
  const reader = new SegmentReader(sourceOf(file));
  let [end, records, since] = [framesAt, 0, 0];
  for (let frame = reader.next(end, size); frame !== null; frame = reader.next(end, size)) {
    if (records === 0) since = frame.time;
    end = frame.end;
    records += frame.records;
  }
  return { end, records, since };
}

/** Bytes of an open file. */
export function sourceOf(file: number): (target: Buffer, position: number) => number {
  return (target, position) => readSync(file, target, 0, target.length, position);
}
