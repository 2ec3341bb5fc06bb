import { RecurringTexts } from '../../../../common/contract/index.js';
import { type AnalyticsOrder, type RollupSums, type SumsCell } from '../../../logging/log-store.js';

/*
 * All names of one cube, time and service with their sums, in one blob: version; the sums of all names; then for each name
 * its length (doubled, plus one unless it is ASCII), its text and its sums. Sums are: their length in two bytes, seven
 * numbers, and the histogram as pairs of bucket and count. Numbers have 7 bits a byte, the lowest first.
 */
const VERSION = 1;
/** The longest sums: seven numbers and 128 pairs. */
const SUMS_BYTES = 2 + 7 * 10 + 128 * 12;
const ORDER: readonly AnalyticsOrder[] = ['requests', 'errors', 'drops', 'retries', 'bytesIn', 'bytesOut'];

let buffer = Buffer.allocUnsafe(64 * 1024);
let offset = 0;

export interface NamedSums {
  readonly total: RollupSums;
  readonly names: Map<string, RollupSums>;
}

/** The blob is valid until the next call. */
export function writeRollups({ total, names }: NamedSums): Uint8Array {
  offset = 0;
  writeNumber(VERSION);
  writeSums(total);
  for (const [name, sums] of names) {
    const bytes = name.length * 3 + 10 + SUMS_BYTES;
    if (offset + bytes > buffer.length) {
      buffer = Buffer.concat([buffer.subarray(0, offset)], buffer.length * 2 + bytes);
    }
    const length = Buffer.byteLength(name);
    const isAscii = length === name.length;
    writeNumber(length * 2 + (isAscii ? 0 : 1));
    offset += buffer.write(name, offset, isAscii ? 'latin1' : 'utf8');
    writeSums(sums);
  }
  return buffer.subarray(0, offset);
}

function writeSums(sums: RollupSums): void {
  // Filled in afterwards.
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

/** Goes through a blob without making anything that is not asked for: first the sums of all names, then each name. */
export class RollupReader {
  private readonly texts = new RecurringTexts();
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private nameAt = 0;
  private nameEnd = 0;
  private isAscii = true;
  private end = 0;

  /** Throws RangeError for the blob of a newer build. */
  open(blob: Uint8Array): void {
    this.bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
    this.at = 0;
    const version = this.number();
    if (version !== VERSION) throw new RangeError(`A roll-up of format ${version} is of a newer Velocity.`);
    this.toSums();
  }

  /** To the next name; false: there is none. */
  next(): boolean {
    this.at = this.end;
    if (this.at >= this.bytes.length) return false;
    const length = this.number();
    this.isAscii = length % 2 === 0;
    this.nameAt = this.at;
    this.nameEnd = this.at += length >>> 1;
    this.toSums();
    return true;
  }

  name(): string {
    return this.isAscii
      ? this.texts.text(this.bytes, this.nameAt, this.nameEnd)
      : this.bytes.toString('utf8', this.nameAt, this.nameEnd);
  }

  /** Adds the present sums. Once: the next call would begin behind them. */
  addTo(cell: SumsCell): void {
    cell.requests += this.number();
    cell.errors += this.number();
    cell.drops += this.number();
    cell.retries += this.number();
    cell.bytesIn += this.number();
    cell.bytesOut += this.number();
    cell.totalUs += this.number();
    const { latency } = cell;
    if (latency === null) return;
    while (this.at < this.end) {
      const bucket = this.bytes[this.at++] ?? 0;
      latency[bucket]! += this.number();
    }
  }

  /** One of the present sums. */
  one(order: AnalyticsOrder): number {
    let value = this.number();
    for (let index = ORDER.indexOf(order); index > 0; index--) value = this.number();
    return value;
  }

  private toSums(): void {
    const length = this.bytes.readUInt16LE(this.at);
    this.at += 2;
    this.end = this.at + length;
  }

  private number(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] ?? 0;
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = bytes[this.at++] ?? 0;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  }
}
