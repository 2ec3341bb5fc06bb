/** A power of two. */
const SLOTS = 16_384;
/** Longer ones hardly come again. */
const MAX_BYTES = 64;

/**
 * Texts and ids that come again and again, such as names of services, paths and clients: found by their bytes in half the
 * time that making a string takes, and as the same string, whose hash is known. Of two in one slot the later stays.
 */
export class RecurringTexts {
  private readonly texts: string[] = Array.from({ length: SLOTS }, () => '');
  private readonly ids: string[] = Array.from({ length: SLOTS }, () => '');
  private readonly high = new Float64Array(SLOTS);
  private readonly low = new Float64Array(SLOTS);

  /** UTF-8 from `start` to `end`. */
  text(bytes: Buffer, start: number, end: number): string {
    if (end - start > MAX_BYTES) return bytes.toString('utf8', start, end);
    let hash = 0;
    let bits = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      hash = (Math.imul(hash, 31) + byte) | 0;
      bits |= byte;
    }
    if (bits > 127) return bytes.toString('utf8', start, end);
    const slot = (hash ^ (hash >>> 14)) & (SLOTS - 1);
    const known = this.texts[slot]!;
    if (isSame(known, bytes, start, end)) return known;
    return (this.texts[slot] = bytes.toString('latin1', start, end));
  }

  /** Eight bytes as hex. */
  id(bytes: Buffer, start: number): string {
    const high = bytes.readUInt32LE(start);
    const low = bytes.readUInt32LE(start + 4);
    const slot = (Math.imul(high, 31) ^ low ^ (low >>> 15)) & (SLOTS - 1);
    const known = this.ids[slot]!;
    if (known !== '' && this.high[slot] === high && this.low[slot] === low) return known;
    this.high[slot] = high;
    this.low[slot] = low;
    return (this.ids[slot] = bytes.toString('hex', start, start + 8));
  }
}

function isSame(text: string, bytes: Buffer, start: number, end: number): boolean {
  const { length } = text;
  if (length !== end - start) return false;
  for (let at = 0; at < length; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
