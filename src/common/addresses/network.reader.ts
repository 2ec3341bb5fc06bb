/** What is wrong with a text that should be an address or a CIDR block. */
export type NetworkFault = 'no-address' | 'no-prefix' | 'host-bits';

const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const COLON = 0x3a;
const LOWER = 0x20;
const LOWER_A = 0x61;
const MAPPED_IPV4 = 0xffff;
const GROUPS = 8;
const IPV4_BITS = 32;
const IPV6_BITS = 128;

/**
 * Reads addresses and CIDR blocks from bytes, and holds the last one. Strict: four decimal parts without leading zeros, no
 * zones. IPv4 is held in its mapped form (`::ffff:a.b.c.d`), and what is written in that form is IPv4.
 */
export class NetworkReader {
  /** The 128 bits of the address. */
  readonly words = new Int32Array(4);
  /** Length of the prefix: 0 to 32 for IPv4, to 128 for IPv6. */
  bits = 0;
  isIpv4 = false;
  private readonly groups = new Uint16Array(GROUPS);
  private count = 0;
  private isWrittenAsIpv6 = false;
  private at = 0;

  /** Reads `bytes` from `from` up to `to`. After `host-bits` the fields hold the network that was probably meant. */
  read(bytes: Uint8Array, from: number, to: number): NetworkFault | null {
    let end = from;
    while (end < to && bytes[end] !== SLASH) end++;
    if (!this.readAddress(bytes, from, end)) return 'no-address';
    this.isIpv4 = this.isMapped();
    const most = this.isIpv4 ? IPV4_BITS : IPV6_BITS;
    this.bits =
      end === to ? most : this.readPrefix(bytes, end + 1, to, this.isWrittenAsIpv6 ? IPV6_BITS : most);
    if (this.bits < 0) return 'no-prefix';
    if (end !== to && this.isIpv4 && this.isWrittenAsIpv6) this.asIpv6OrShorter();
    return this.clearHostBits() ? 'host-bits' : null;
  }

  /** The same from a text. */
  readText(text: string): NetworkFault | null {
    const bytes = Buffer.from(text);
    return this.read(bytes, 0, bytes.length);
  }

  private readAddress(bytes: Uint8Array, from: number, to: number): boolean {
    this.groups.fill(0);
    this.count = 0;
    this.at = from;
    this.isWrittenAsIpv6 = bytes[from] === COLON || this.hasColon(bytes, from, to);
    if (!this.isWrittenAsIpv6) {
      this.groups[5] = MAPPED_IPV4;
      this.count = 6;
      return this.readDotted(bytes, to) && this.at === to && this.fillWords();
    }
    return this.readGroups(bytes, to) && this.fillWords();
  }

  /** A colon is among the first five characters of any IPv6 address. */
  private hasColon(bytes: Uint8Array, from: number, to: number): boolean {
    const end = Math.min(to, from + 5);
    for (let index = from; index < end; index++) if (bytes[index] === COLON) return true;
    return false;
  }

  private readGroups(bytes: Uint8Array, to: number): boolean {
    let gap = -1;
    if (bytes[this.at] === COLON) {
      if (bytes[this.at + 1] !== COLON || this.at + 2 > to) return false;
      gap = 0;
      this.at += 2;
    }
    while (this.at < to) {
      if (this.count === GROUPS || !this.readGroup(bytes, to)) return false;
      if (this.at === to) break;
      if (bytes[this.at++] !== COLON || this.at === to) return false;
      if (bytes[this.at] !== COLON) continue;
      if (gap >= 0) return false;
      gap = this.count;
      this.at++;
    }
    if (gap < 0) return this.count === GROUPS;
    if (this.count === GROUPS) return false;
    this.moveBehind(gap);
    return true;
  }

  /** Four hex digits at most, or the IPv4 address that may end an IPv6 one. */
  private readGroup(bytes: Uint8Array, to: number): boolean {
    const start = this.at;
    let value = 0;
    while (this.at < to && this.at - start <= 4) {
      const digit = hexDigit(bytes[this.at]!);
      if (digit < 0) break;
      value = (value << 4) | digit;
      this.at++;
    }
    if (this.at < to && bytes[this.at] === DOT) {
      this.at = start;
      return this.count <= GROUPS - 2 && this.readDotted(bytes, to) && this.at === to;
    }
    const length = this.at - start;
    if (length === 0 || length > 4) return false;
    this.groups[this.count++] = value;
    return true;
  }

  private readDotted(bytes: Uint8Array, to: number): boolean {
    let value = 0;
    for (let part = 0; part < 4; part++) {
      if (part > 0 && (this.at >= to || bytes[this.at++] !== DOT)) return false;
      const byte = this.readByte(bytes, to);
      if (byte < 0) return false;
      value = (value << 8) | byte;
    }
    this.groups[this.count++] = value >>> 16;
    this.groups[this.count++] = value & 0xffff;
    return true;
  }

  /** -1: there is none. */
  private readByte(bytes: Uint8Array, to: number): number {
    const start = this.at;
    let value = 0;
    while (this.at < to && this.at - start < 3) {
      const digit = bytes[this.at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      this.at++;
    }
    const length = this.at - start;
    return length === 0 || value > 255 || (length > 1 && bytes[start] === ZERO) ? -1 : value;
  }

  private readPrefix(bytes: Uint8Array, from: number, to: number, most: number): number {
    if (to === from || to - from > 3) return -1;
    let value = 0;
    for (let index = from; index < to; index++) {
      const digit = bytes[index]! - ZERO;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value > most ? -1 : value;
  }

  private moveBehind(gap: number): void {
    const missing = GROUPS - this.count;
    this.groups.copyWithin(gap + missing, gap, this.count);
    this.groups.fill(0, gap, gap + missing);
  }

  private fillWords(): boolean {
    const { groups, words } = this;
    for (let word = 0; word < 4; word++) words[word] = (groups[2 * word]! << 16) | groups[2 * word + 1]!;
    return true;
  }

  private isMapped(): boolean {
    const { words } = this;
    return words[0] === 0 && words[1] === 0 && words[2] === MAPPED_IPV4;
  }

  /** `::ffff:0:0/96` and longer are IPv4; a shorter prefix is one of IPv6, and has host bits set. */
  private asIpv6OrShorter(): void {
    if (this.bits >= IPV6_BITS - IPV4_BITS) this.bits -= IPV6_BITS - IPV4_BITS;
    else this.isIpv4 = false;
  }

  /** Whether there were any. */
  private clearHostBits(): boolean {
    const { words } = this;
    const bits = this.isIpv4 ? this.bits + IPV6_BITS - IPV4_BITS : this.bits;
    let had = false;
    for (let word = 0; word < 4; word++) {
      const kept = words[word]! & prefixMask(bits - 32 * word);
      if (kept === words[word]) continue;
      had = true;
      words[word] = kept;
    }
    return had;
  }
}

/** A word with its first `bits` set; below 0 none, above 32 all. */
export function prefixMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : ~(0xffffffff >>> bits);
}

function hexDigit(code: number): number {
  const decimal = code - ZERO;
  if (decimal >= 0 && decimal <= 9) return decimal;
  const letter = (code | LOWER) - LOWER_A;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}
