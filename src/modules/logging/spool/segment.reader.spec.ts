import { array, assert, integer, nat, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { FRAME_HEADER_BYTES, fillFrameHeader } from './segment.format.js';
import { type Frame, SegmentReader } from './segment.reader.js';

interface Written {
  readonly start: number;
  readonly end: number;
  readonly batch: Buffer;
}

/** Frames as they stand one behind the other in a segment. */
function segmentOf(batches: readonly Uint8Array[]): { bytes: Buffer; frames: Written[] } {
  const parts: Buffer[] = [];
  const frames: Written[] = [];
  let at = 0;
  for (const batch of batches) {
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    fillFrameHeader(header, batch, batch.length, 1_790_000_000_000 + at);
    parts.push(header, Buffer.from(batch));
    frames.push({ start: at, end: at + FRAME_HEADER_BYTES + batch.length, batch: Buffer.from(batch) });
    at += FRAME_HEADER_BYTES + batch.length;
  }
  return { bytes: Buffer.concat(parts), frames };
}

function readAll(bytes: Buffer, limit = bytes.length): Written[] {
  const reader = new SegmentReader((target, position) => bytes.copy(target, 0, position));
  const found: Written[] = [];
  let at = 0;
  for (let frame: Frame | null = reader.next(at, limit); frame !== null; frame = reader.next(at, limit)) {
    expect(frame.records).toBe(frame.batch.length);
    found.push({ start: frame.start, end: frame.end, batch: Buffer.from(frame.batch) });
    at = frame.end;
  }
  return found;
}

const batches = array(uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 12 });

it('gives back what was written, up to the limit', () => {
  assert(
    property(batches, nat(), (written, cut) => {
      const { bytes, frames } = segmentOf(written);
      expect(readAll(bytes)).toEqual(frames);
      const limit = cut % (bytes.length + 1);
      expect(readAll(bytes, limit)).toEqual(frames.filter(({ end }) => end <= limit));
      expect(readAll(bytes.subarray(0, limit))).toEqual(frames.filter(({ end }) => end <= limit));
    }),
  );
});

it('loses the frames that were damaged, and no other, whatever was written over them', () => {
  assert(
    property(batches, nat(), uint8Array({ minLength: 1, maxLength: 60 }), (written, place, damage) => {
      const { bytes, frames } = segmentOf(written);
      const from = place % bytes.length;
      const to = Math.min(bytes.length, from + damage.length);
      const damaged = Buffer.from(bytes);
      damaged.set(damage.subarray(0, to - from), from);
      const isWhole = ({ start, end }: Written) =>
        bytes.subarray(start, end).equals(damaged.subarray(start, end));
      expect(readAll(damaged)).toEqual(frames.filter(isWhole));
    }),
    { numRuns: 500 },
  );
});

it('finds a whole frame behind, and within, one that was never finished', () => {
  assert(
    property(batches, batches, integer({ min: 1, max: 30 }), (before, after, missing) => {
      const first = segmentOf(before);
      const second = segmentOf(after);
      const torn = first.bytes.subarray(0, Math.max(0, first.bytes.length - missing));
      const found = readAll(Buffer.concat([torn, second.bytes]));
      expect(found.slice(-second.frames.length).map(({ batch }) => batch)).toEqual(
        second.frames.map(({ batch }) => batch),
      );
    }),
  );
});

it('ends on any bytes, and gives no frame of them', () => {
  assert(
    property(uint8Array({ maxLength: 2_000 }), (bytes) => {
      expect(readAll(Buffer.from(bytes))).toEqual([]);
    }),
  );
});
