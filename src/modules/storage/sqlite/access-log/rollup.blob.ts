import { emptySums } from '../../../logging/index.js';
import type { RollupSums } from '../../../logging/index.js';

/*
 * All names of one cube, time and service with their sums, in one blob: version, then for each name its length and text,
 * the length of its sums, seven numbers, and the histogram as pairs of bucket and count. Numbers have 7 bits a byte.
 */
const VERSION = 1;
const GROWTH = 2;
/** Bytes of the longest entry without its name: seven numbers and 128 pairs. */
const ENTRY_BYTES = 8 * 10 + 128 * 12;

let buffer = Buffer.allocUnsafe(64 * 1024);
let offset = 0;

export type NamedSums = Map<string, RollupSums>;

export function writeRollups(names: NamedSums): Uint8Array {
  offset = 0;
  writeNumber(VERSION);
  for (const [name, sums] of names) {
    const bytes = name.length * 3 + ENTRY_BYTES;
    if (offset + bytes > buffer.length) {
      buffer = Buffer.concat([buffer.subarray(0, offset)], buffer.length * GROWTH + bytes);
    }
    writeEntry(name, sums);
  }
  return buffer.subarray(0, offset);
}

function writeEntry(name: string, sums: RollupSums): void {
  const nameLength = Buffer.byteLength(name);
  writeNumber(nameLength);
  buffer.write(name, offset);
  offset += nameLength;
  // Two bytes, filled in afterwards.
  const start = (offset += 2);
  writeNumber(sums.requests);
  writeNumber(sums.errors);
  writeNumber(sums.drops);
  writeNumber(sums.retries);
  writeNumber(sums.bytesIn);
  writeNumber(sums.bytesOut);
  writeNumber(sums.totalUs);
  for (const [bucket, count] of sums.latency) {
    buffer[offset++] = bucket;
    writeNumber(count);
  }
  buffer.writeUInt16LE(offset - start, start - 2);
}

function writeNumber(value: number): void {
  let rest = value;
  while (rest > 0x7fff_ffff) {
    buffer[offset++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    buffer[offset++] = (rest & 127) | 0x80;
    rest >>>= 7;
  }
  buffer[offset++] = rest;
}

/** Goes through a blob without making anything that is not asked for. */
export class RollupReader {
  readonly sums = emptySums();
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private nameAt = 0;
  private nameLength = 0;
  private end = 0;

  open(blob: Uint8Array): void {
    this.bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
    this.at = 0;
    this.end = 0;
    const version = this.number();
    if (version !== VERSION) throw new RangeError(`A roll-up of format ${version} is of a newer Velocity.`);
    this.end = this.at;
  }

  /** To the next name; false: there is none. */
  next(): boolean {
    this.at = this.end;
    if (this.at >= this.bytes.length) return false;
    this.nameLength = this.number();
    this.nameAt = this.at;
    this.at += this.nameLength;
    const length = this.bytes.readUInt16LE(this.at);
    this.at += 2;
    this.end = this.at + length;
    return true;
  }

  name(): string {
    return this.bytes.toString('utf8', this.nameAt, this.nameAt + this.nameLength);
  }

  /** Once for each name, into `sums`, which the next call overwrites. */
  read(latency: boolean): RollupSums {
    const { sums } = this;
    sums.requests = this.number();
    sums.errors = this.number();
    sums.drops = this.number();
    sums.retries = this.number();
    sums.bytesIn = this.number();
    sums.bytesOut = this.number();
    sums.totalUs = this.number();
    sums.latency.clear();
    while (latency && this.at < this.end) {
      const bucket = this.bytes[this.at++] ?? 0;
      sums.latency.set(bucket, this.number());
    }
    return sums;
  }

  private number(): number {
    const { bytes } = this;
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[this.at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }
}
