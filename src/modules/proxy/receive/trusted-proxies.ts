import { isIP } from 'node:net';
import { NetworkList } from './network.list.js';

/** The peers whose forwarding headers are believed, compiled once per snapshot from CIDR blocks and addresses. */
export class TrustedProxies {
  private readonly networks: NetworkList;

  constructor(entries: readonly string[]) {
    this.networks = new NetworkList(entries);
  }

  trusts(address: string): boolean {
    return this.networks.includes(address);
  }

  /**
   * The client behind a trusted peer: the first untrusted address of `X-Forwarded-For` from the right, as everything
   * further left was written by somebody we do not know. When all are trusted, the leftmost; when an entry is no
   * address, the last hop before it.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    if (forwardedFor === undefined) return peer;
    let client = peer;
    let end = forwardedFor.length;
    while (end >= 0) {
      const comma = forwardedFor.lastIndexOf(',', end - 1);
      const hop = plainAddress(forwardedFor.slice(comma + 1, end));
      if (hop === '') return client;
      client = hop;
      if (comma < 0 || !this.trusts(hop)) return client;
      end = comma;
    }
    return client;
  }
}

/** An IPv4 address that arrived on an IPv6 socket is written as IPv4 everywhere. */
export function peerAddress(remoteAddress: string | undefined): string {
  if (remoteAddress === undefined) return '';
  return remoteAddress.startsWith('::ffff:') && remoteAddress.includes('.')
    ? remoteAddress.slice(7)
    : remoteAddress;
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711` as an address; '' for anything else. */
function plainAddress(raw: string): string {
  const text = raw.trim().toLowerCase();
  let address = text;
  if (text.startsWith('[')) address = text.slice(1, Math.max(1, text.indexOf(']')));
  else if (text.includes('.') && text.includes(':')) address = text.slice(0, text.lastIndexOf(':'));
  address = isIP(text) === 6 ? peerAddress(text) : peerAddress(address);
  return isIP(address) === 0 ? '' : address;
}
