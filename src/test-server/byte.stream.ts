import { Readable } from 'node:stream';

const CHUNK = Buffer.alloc(64 * 1024, 'velocity');
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 };
const MAX_BYTES = 1_024 ** 3;

/** Reads `4096`, `64k`, `10M` (powers of 1024). null: not a size, or more than 1 GiB. */
export function parseByteCount(text: string): number | null {
  const match = /^(\d{1,10})([kmg]?)$/i.exec(text);
  if (!match) return null;
  const count = Number(match[1]) * (UNITS[match[2]!.toLowerCase()] ?? 1);
  return count <= MAX_BYTES ? count : null;
}

/** A given number of bytes, made only as fast as they are read. */
export class ByteStream extends Readable {
  private remaining: number;

  constructor(count: number) {
    super({ highWaterMark: CHUNK.length });
    this.remaining = count;
  }

  override _read(): void {
    const length = Math.min(this.remaining, CHUNK.length);
    this.remaining -= length;
    this.push(length === 0 ? null : CHUNK.subarray(0, length));
  }
}
