import ipaddr from 'ipaddr.js';
import { networkProblem } from '../../common/config/index.js';

const MAPPED_BITS = 96;

/** What {@link readNetwork} found. */
export type NetworkReading =
  | { readonly network: Network; readonly problem: null }
  | { readonly network: null; readonly problem: string };

/** A network of IP addresses, in one form: IPv4 that is written as IPv6 is IPv4. A single address is one, too. */
export class Network {
  private constructor(
    /** 4 or 16. */
    readonly bytes: readonly number[],
    readonly prefix: number,
  ) {}

  /** The network of this prefix in which the address lies. */
  static around(address: ipaddr.IPv4 | ipaddr.IPv6, prefix: number): Network {
    const bytes = address.toByteArray();
    return new Network(
      bytes.map((byte, index) => byte & maskOf(prefix, index)),
      prefix,
    );
  }

  /** Its only spelling: RFC 5952, without a length where it is a single address. */
  get text(): string {
    const address = ipaddr.fromByteArray([...this.bytes]);
    const text = address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
    return this.prefix === this.bytes.length * 8 ? text : `${text}/${this.prefix}`;
  }

  contains(other: Network): boolean {
    return (
      this.bytes.length === other.bytes.length &&
      this.prefix <= other.prefix &&
      this.bytes.every((byte, index) => (other.bytes[index]! & maskOf(this.prefix, index)) === byte)
    );
  }

  overlaps(other: Network): boolean {
    return this.contains(other) || other.contains(this);
  }

  /** It and all networks that contain it, the smallest first. */
  *enclosing(): Generator<Network> {
    for (let { prefix } = this; prefix >= 0; prefix--) {
      const bytes = this.bytes.map((byte, index) => byte & maskOf(prefix, index));
      yield new Network(bytes, prefix);
    }
  }
}

/** Reads an address or CIDR block. One with bits set behind its prefix is refused, naming the network that is meant. */
export function readNetwork(text: string): NetworkReading {
  const problem = networkProblem(text);
  if (problem !== null) return { network: null, problem };
  const [address = '', length] = text.split('/');
  const parsed = ipaddr.parse(address);
  const bits = parsed.toByteArray().length * 8;
  const prefix = length === undefined ? bits : Number(length);
  const network = Network.around(parsed, prefix);
  if (!network.bytes.every((byte, index) => byte === parsed.toByteArray()[index])) {
    const meant = plain(network).text;
    return {
      network: null,
      problem: `${JSON.stringify(text)} has bits set behind its prefix: write ${meant}, or ${plain(Network.around(parsed, bits)).text} for the one address`,
    };
  }
  return { network: plain(network), problem: null };
}

/** The network of an address that the data plane names; null: it is none (a connection that is gone has none). */
export function clientNetwork(address: string): Network | null {
  const zone = address.indexOf('%');
  const { network } = readNetwork(zone < 0 ? address : address.slice(0, zone));
  if (network === null || network.bytes.length === 4) return network;
  return Network.around(new ipaddr.IPv6([...network.bytes]), 64);
}

/** IPv4 for what is written as `::ffff:192.0.2.7`. */
function plain(network: Network): Network {
  if (network.bytes.length === 4 || network.prefix < MAPPED_BITS) return network;
  const address = new ipaddr.IPv6([...network.bytes]);
  if (!address.isIPv4MappedAddress()) return network;
  return Network.around(address.toIPv4Address(), network.prefix - MAPPED_BITS);
}

/** Bits of one byte that belong to the prefix. */
function maskOf(prefix: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefix - 8 * index));
  return (0xff << (8 - bits)) & 0xff;
}
