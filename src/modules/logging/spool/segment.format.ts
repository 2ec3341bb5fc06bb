import { crc32 } from 'node:zlib';

/**
 * A segment is a header and then frames, one for each batch of `access-log.codec.ts`. Numbers are little-endian.
 *
 * | header | form |
 * |---|---|
 * | magic `VSEG` | 4 bytes |
 * | version | u16 |
 * | length of the header | u16: a newer one may be longer |
 * | made at | f64, Unix milliseconds |
 *
 * | frame | form |
 * |---|---|
 * | magic | 4 bytes, see {@link FRAME_MAGIC} |
 * | length of the batch | u32 |
 * | checksum | u32, CRC-32 of all that follows |
 * | records of the batch | u32 |
 * | written at | f64, Unix milliseconds |
 * | batch | bytes |
 */
export const SEGMENT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 16;
export const FRAME_HEADER_BYTES = 24;
/** A batch ends soon after 64 KiB; its last record may be a long one. A length beyond this is damage. */
export const MAX_BATCH_BYTES = 512 * 1024 - FRAME_HEADER_BYTES;

const SEGMENT_MAGIC = Buffer.from('VSEG', 'latin1');
/** Bytes that text does not have: they are looked for after damage. */
export const FRAME_MAGIC = Buffer.from([0xf5, 0x56, 0x46, 0xff]);
/** Where in the frame the part begins that the checksum is over. */
const CHECKED_FROM = 12;

/**
 * What the beginning of a file says.
 * - `segment`: frames begin at `framesAt`.
 * - `unknown-version`: a segment, but laid out in a way that this build does not know.
 * - `foreign`: no segment, or one whose header is damaged.
 */
export type SegmentHeader =
  | { readonly kind: 'segment'; readonly framesAt: number }
  | { readonly kind: 'unknown-version'; readonly version: number }
  | { readonly kind: 'foreign' };

export function segmentHeader(madeAt: number): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  SEGMENT_MAGIC.copy(bytes);
  bytes.writeUInt16LE(SEGMENT_VERSION, 4);
  bytes.writeUInt16LE(SEGMENT_HEADER_BYTES, 6);
  bytes.writeDoubleLE(madeAt, 8);
  return bytes;
}

/** @param bytes The first {@link SEGMENT_HEADER_BYTES} of the file, or all of a shorter one. */
export function readSegmentHeader(bytes: Buffer): SegmentHeader {
  if (bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, 4).equals(SEGMENT_MAGIC))
    return { kind: 'foreign' };
  const version = bytes.readUInt16LE(4);
  if (version !== SEGMENT_VERSION) return { kind: 'unknown-version', version };
  const framesAt = bytes.readUInt16LE(6);
  return framesAt < SEGMENT_HEADER_BYTES ? { kind: 'foreign' } : { kind: 'segment', framesAt };
}

/** What a frame's header says; nothing of it is checked but its form. */
export interface FrameHeader {
  /** Of the batch, bytes. */
  readonly length: number;
  readonly records: number;
  /** Unix milliseconds. */
  readonly time: number;
}

/** Fills `header`, of {@link FRAME_HEADER_BYTES}, for a batch. */
export function fillFrameHeader(header: Buffer, batch: Uint8Array, records: number, time: number): void {
  FRAME_MAGIC.copy(header);
  header.writeUInt32LE(batch.length, 4);
  header.writeUInt32LE(records, 12);
  header.writeDoubleLE(time, 16);
  header.writeUInt32LE(checksum(header, 0, batch), 8);
}

/** null: no frame begins here. */
export function readFrameHeader(bytes: Buffer, at: number): FrameHeader | null {
  if (bytes.length - at < FRAME_HEADER_BYTES) return null;
  for (let index = 0; index < FRAME_MAGIC.length; index++) {
    if (bytes[at + index] !== FRAME_MAGIC[index]) return null;
  }
  const length = bytes.readUInt32LE(at + 4);
  if (length > MAX_BATCH_BYTES) return null;
  return { length, records: bytes.readUInt32LE(at + 12), time: bytes.readDoubleLE(at + 16) };
}

/** Whether the frame, all of which must be in `bytes`, is as it was written. */
export function isFrameSound(bytes: Buffer, at: number, length: number): boolean {
  const start = at + FRAME_HEADER_BYTES;
  return bytes.readUInt32LE(at + 8) === checksum(bytes, at, bytes.subarray(start, start + length));
}

function checksum(header: Buffer, at: number, batch: Uint8Array): number {
  return crc32(batch, crc32(header.subarray(at + CHECKED_FROM, at + FRAME_HEADER_BYTES)));
}
