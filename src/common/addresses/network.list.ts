import type { NetworkReader } from './network.reader.js';

const FIRST_ROOM = 64;

/** Networks of one family in the order they were added: `width` words, a prefix length and a row number each. */
export class NetworkColumn {
  size = 0;
  keys: Int32Array;
  bits = new Uint8Array(FIRST_ROOM);
  rows = new Int32Array(FIRST_ROOM);

  constructor(readonly width: 1 | 4) {
    this.keys = new Int32Array(FIRST_ROOM * width);
  }

  add(reader: NetworkReader, row: number): void {
    const { size, width } = this;
    if (size === this.bits.length) this.grow(size * 2);
    if (width === 1) this.keys[size] = reader.words[3]!;
    else this.keys.set(reader.words, size * 4);
    this.bits[size] = reader.bits;
    this.rows[size] = row;
    this.size++;
  }

  /** Gives back what is reserved and not used. */
  trim(): void {
    this.grow(this.size);
  }

  private grow(room: number): void {
    const used = this.size;
    const { keys, bits, rows } = this;
    this.keys = new Int32Array(room * this.width);
    this.bits = new Uint8Array(room);
    this.rows = new Int32Array(room);
    this.keys.set(keys.subarray(0, used * this.width));
    this.bits.set(bits.subarray(0, used));
    this.rows.set(rows.subarray(0, used));
  }
}

/**
 * Many networks in little memory: 9 bytes for one of IPv4, 21 for one of IPv6. A row says what else is known of a network;
 * what rows mean is up to whoever made the list.
 */
export class NetworkList {
  readonly ipv4 = new NetworkColumn(1);
  readonly ipv6 = new NetworkColumn(4);

  get size(): number {
    return this.ipv4.size + this.ipv6.size;
  }

  /** Adds the network that was read last. */
  add(reader: NetworkReader, row: number): void {
    (reader.isIpv4 ? this.ipv4 : this.ipv6).add(reader, row);
  }

  trim(): void {
    this.ipv4.trim();
    this.ipv6.trim();
  }
}
