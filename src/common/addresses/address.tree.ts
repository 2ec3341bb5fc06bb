import { prefixMask } from './network.reader.js';
import type { Network } from './network.text.js';

/** Words of the head of an image. */
export const HEAD_WORDS = 16;
export const HeadWord = {
  layout: 0,
  ipv4: 1,
  ipv6: 2,
  rows: 3,
  root4: 4,
  root6: 5,
  jumps4: 6,
  jumps6: 7,
  flags: 8,
} as const;
/** Changes when the layout does. */
export const TREE_LAYOUT = 1;
/** Addresses with as many first bits in common start at the same place when there are jumps. */
export const JUMP_BITS = 16;
export const JUMPS = 1 << JUMP_BITS;

/** How many there are of what: all that the places in an image depend on. */
export interface TreeShape {
  readonly ipv4: number;
  readonly ipv6: number;
  readonly rows: number;
  readonly hasJumps4: boolean;
  readonly hasJumps6: boolean;
}

/**
 * The parts of an image. An entry is a network, numbered in the order of addresses, a network before those inside of it,
 * IPv4 before IPv6. A place of the tree is a number: 0 or more is a branch, below 0 the complement of an entry.
 */
export class TreeParts {
  readonly head: Int32Array;
  /** Unix milliseconds at which what a row says ends; 0: never. */
  readonly expiries: Float64Array;
  readonly flags: Int32Array;
  readonly keys4: Int32Array;
  readonly keys6: Int32Array;
  /** By entry: the smallest network around it; -1: none. */
  readonly parents: Int32Array;
  readonly rows: Int32Array;
  /** By branch: where to go on with the bit 0, and with 1. */
  readonly children4: Int32Array;
  readonly children6: Int32Array;
  readonly jumps4: Int32Array;
  readonly jumps6: Int32Array;
  readonly prefixes: Uint8Array;
  /** By branch: the number of the bit that decides. */
  readonly branches4: Uint8Array;
  readonly branches6: Uint8Array;

  constructor(buffer: SharedArrayBuffer, { ipv4, ipv6, rows, hasJumps4, hasJumps6 }: TreeShape) {
    let at = 0;
    const words = (length: number) => {
      const view = new Int32Array(buffer, at, length);
      at += view.byteLength;
      return view;
    };
    const bytes = (length: number) => {
      const view = new Uint8Array(buffer, at, length);
      at += view.byteLength;
      return view;
    };
    this.head = words(HEAD_WORDS);
    this.expiries = new Float64Array(buffer, at, rows);
    at += this.expiries.byteLength;
    this.flags = words(rows);
    this.keys4 = words(ipv4);
    this.keys6 = words(ipv6 * 4);
    this.parents = words(ipv4 + ipv6);
    this.rows = words(ipv4 + ipv6);
    this.children4 = words(ipv4 * 2);
    this.children6 = words(ipv6 * 2);
    this.jumps4 = words(hasJumps4 ? JUMPS : 0);
    this.jumps6 = words(hasJumps6 ? JUMPS : 0);
    this.prefixes = bytes(ipv4 + ipv6);
    this.branches4 = bytes(ipv4);
    this.branches6 = bytes(ipv6);
  }
}

/** Bytes of an image. */
export function treeBytes({ ipv4, ipv6, rows, hasJumps4, hasJumps6 }: TreeShape): number {
  const jumps = (hasJumps4 ? JUMPS : 0) + (hasJumps6 ? JUMPS : 0);
  const entries = ipv4 + ipv6;
  return HEAD_WORDS * 4 + rows * 12 + ipv4 * 4 + ipv6 * 16 + entries * (4 + 4 + 8) + jumps * 4 + entries * 2;
}

const MAPPED_IPV4 = 0xffff;

/**
 * Networks of both families, to find those that an address lies in: a path-compressed radix tree over the bits at which
 * networks part, in one memory that all threads read. A search tests as many bits as there are branches on its way (about
 * 20 among a million), compares the one network it ends at, and goes on to the networks around that one.
 */
export class AddressTree {
  private readonly parts: TreeParts;
  private readonly root4: number;
  private readonly root6: number;
  private readonly count4: number;
  readonly size: number;
  readonly bytes: number;
  /** All flags that any row has. */
  readonly flags: number;

  /** @param buffer As the builder made it. Throws a TypeError for one of another layout. */
  constructor(buffer: SharedArrayBuffer) {
    const head = new Int32Array(buffer, 0, HEAD_WORDS);
    if (head[HeadWord.layout] !== TREE_LAYOUT) throw new TypeError('the image has another layout');
    this.parts = new TreeParts(buffer, {
      ipv4: head[HeadWord.ipv4]!,
      ipv6: head[HeadWord.ipv6]!,
      rows: head[HeadWord.rows]!,
      hasJumps4: head[HeadWord.jumps4] === 1,
      hasJumps6: head[HeadWord.jumps6] === 1,
    });
    this.root4 = head[HeadWord.root4]!;
    this.root6 = head[HeadWord.root6]!;
    this.count4 = head[HeadWord.ipv4]!;
    this.size = this.count4 + head[HeadWord.ipv6]!;
    this.flags = head[HeadWord.flags]!;
    this.bytes = buffer.byteLength;
  }

  /** The smallest network that the address lies in; -1: none. @param words Its 128 bits, IPv4 in its mapped form. */
  find(words: Int32Array): number {
    if (words[2] === MAPPED_IPV4 && words[1] === 0 && words[0] === 0) return this.find4(words[3]!);
    return this.find6(words);
  }

  /** The next larger network around an entry; -1: none. */
  parentOf(entry: number): number {
    return this.parts.parents[entry]!;
  }

  rowOf(entry: number): number {
    return this.parts.rows[entry]!;
  }

  flagsOf(row: number): number {
    return this.parts.flags[row]!;
  }

  /** Unix milliseconds; 0: never. */
  expiryOf(row: number): number {
    return this.parts.expiries[row]!;
  }

  /** What network an entry is. */
  networkOf(entry: number): Network {
    const bits = this.parts.prefixes[entry]!;
    if (entry < this.count4) {
      return { words: Int32Array.of(0, 0, MAPPED_IPV4, this.parts.keys4[entry]!), bits, isIpv4: true };
    }
    const at = (entry - this.count4) * 4;
    return { words: this.parts.keys6.slice(at, at + 4), bits, isIpv4: false };
  }

  private find4(word: number): number {
    const { children4, branches4, jumps4, keys4, prefixes, parents } = this.parts;
    if (this.count4 === 0) return -1;
    let place = jumps4.length === 0 ? this.root4 : jumps4[word >>> JUMP_BITS]!;
    while (place >= 0) place = children4[place * 2 + ((word >>> (31 - branches4[place]!)) & 1)]!;
    let entry = ~place;
    while (entry >= 0 && ((keys4[entry]! ^ word) & prefixMask(prefixes[entry]!)) !== 0)
      entry = parents[entry]!;
    return entry;
  }

  private find6(words: Int32Array): number {
    const { children6, branches6, jumps6, parents } = this.parts;
    if (this.size === this.count4) return -1;
    let place = jumps6.length === 0 ? this.root6 : jumps6[words[0]! >>> JUMP_BITS]!;
    while (place >= 0) {
      const bit = branches6[place]!;
      place = children6[place * 2 + ((words[bit >> 5]! >>> (31 - (bit & 31))) & 1)]!;
    }
    let entry = ~place;
    while (entry >= 0 && !this.holds6(entry, words)) entry = parents[entry]!;
    return entry;
  }

  private holds6(entry: number, words: Int32Array): boolean {
    const { keys6 } = this.parts;
    const bits = this.parts.prefixes[entry]!;
    const at = (entry - this.count4) * 4;
    for (let word = 0; word * 32 < bits; word++) {
      if (((keys6[at + word]! ^ words[word]!) & prefixMask(bits - word * 32)) !== 0) return false;
    }
    return true;
  }
}
