import { isIP } from 'node:net';

const MAPPED_IPV4 = 0xffff;
const GROUPS = 8;
const COLON = 0x3a;

/**
 * The 128 bits of an IP address, as four 32-bit words. IPv4 takes its mapped form (`::ffff:a.b.c.d`), so one client is one
 * key whether it came over an IPv4 socket or over one for both.
 */
export class AddressKey {
  readonly words = new Int32Array(4);
  private readonly groups = new Uint16Array(GROUPS);
  private count = 0;
  /** What was read last, and whether it is an address: a client often comes again at once. */
  private text = '';
  private isAddress = false;
  /** Groups in front of `::`; -1: there is none. */
  private gap = -1;

  /**
   * Reads an address in any of the forms that `net.isIP` knows; a zone (`%eth0`) is not looked at. False: the text is no
   * address (a connection that is gone has none), and `words` say nothing.
   */
  read(text: string): boolean {
    if (text === this.text) return this.isAddress;
    this.text = text;
    this.isAddress = this.parse(text);
    return this.isAddress;
  }

  private parse(text: string): boolean {
    const family = isIP(text);
    if (family === 0) return false;
    this.groups.fill(0);
    if (family === 4) {
      this.groups[5] = MAPPED_IPV4;
      this.count = 6;
      this.readDotted(text, 0, text.length);
    } else this.readGroups(text);
    for (let word = 0; word < 4; word++) {
      this.words[word] = (this.groups[2 * word]! << 16) | this.groups[2 * word + 1]!;
    }
    return true;
  }

  /** Whether the address that was read last is IPv4, mapped or not. */
  get isIpv4(): boolean {
    const { words } = this;
    return words[0] === 0 && words[1] === 0 && words[2] === MAPPED_IPV4;
  }

  /** The client that the address stands for, as a text: IPv4 by address, IPv6 by /64. */
  client(): string {
    const { words } = this;
    return this.isIpv4 ? `4:${words[3]}` : `6:${words[0]}:${words[1]}`;
  }

  /** Fills the groups from the left; what stands behind `::` is then moved to the right end. */
  private readGroups(text: string): void {
    const zone = text.indexOf('%');
    const end = zone < 0 ? text.length : zone;
    this.count = 0;
    this.gap = -1;
    let at = 0;
    while (at < end) {
      if (text.charCodeAt(at) === COLON) {
        if (text.charCodeAt(at + 1) === COLON) this.gap = this.count;
        at++;
        continue;
      }
      const colon = text.indexOf(':', at);
      const stop = colon < 0 || colon > end ? end : colon;
      const dot = text.indexOf('.', at);
      if (dot >= 0 && dot < stop) this.readDotted(text, at, stop);
      else this.groups[this.count++] = Number.parseInt(text.slice(at, stop), 16);
      at = stop;
    }
    if (this.gap >= 0) this.moveBehindGap();
  }

  private readDotted(text: string, start: number, end: number): void {
    let value = 0;
    let byte = 0;
    for (let at = start; at < end; at++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit >= 0) byte = byte * 10 + digit;
      else {
        value = (value << 8) | byte;
        byte = 0;
      }
    }
    value = (value << 8) | byte;
    this.groups[this.count++] = value >>> 16;
    this.groups[this.count++] = value & 0xffff;
  }

  private moveBehindGap(): void {
    const missing = GROUPS - this.count;
    this.groups.copyWithin(this.gap + missing, this.gap, this.count);
    this.groups.fill(0, this.gap, this.gap + missing);
  }
}
