import { mixBits } from '../../../balancer/index.js';
import type { AddressKey } from '../../connections/address.key.js';

/**
 * The 96 bits by which the table of the rate limits knows a key: where it stands and how it is told from others there.
 * Three hashes run side by side from secret starting points, so that nobody who chooses texts can aim at a bucket or at
 * somebody else's row. Reused from exchange to exchange: nothing is allocated.
 */
export class LimitKey {
  bucket = 0;
  high = 0;
  low = 0;

  constructor(private readonly seeds: Int32Array) {}

  /** @param start What {@link startOf} gave: the texts that all keys of a rule begin with. */
  begin(start: Int32Array = this.seeds): void {
    this.bucket = start[0]!;
    this.high = start[1]!;
    this.low = start[2]!;
  }

  /** The key so far after these texts, for {@link begin}: they need not be hashed for each exchange. */
  startOf(...texts: readonly string[]): Int32Array {
    this.begin();
    for (const text of texts) this.text(text);
    return Int32Array.of(this.bucket, this.high, this.low);
  }

  number(value: number): void {
    this.bucket = step(this.bucket, value, 0x85ebca6b);
    this.high = step(this.high, value, 0xc2b2ae35);
    this.low = step(this.low, value, 0x27d4eb2f);
  }

  /** The length goes in too: the end of a text is part of it. */
  text(value: string): void {
    for (let index = 0; index < value.length; index++) this.number(value.charCodeAt(index));
    this.number(value.length);
  }

  /** IPv4 by address; IPv6 by /64, of which one client has 2^64 addresses. */
  address({ words, isIpv4 }: AddressKey): void {
    this.number(words[0]!);
    this.number(words[1]!);
    if (isIpv4) this.number(words[3]!);
  }

  /** After the last part. A row whose both cells are 0 was never used, so no key may be that. */
  end(): void {
    this.bucket = mixBits(this.bucket);
    this.high = mixBits(this.high);
    this.low = mixBits(this.low) | 1;
  }
}

function step(hash: number, value: number, factor: number): number {
  const mixed = Math.imul(hash ^ value, factor);
  return ((mixed << 15) | (mixed >>> 17)) ^ hash;
}
