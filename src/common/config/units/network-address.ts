import ipaddr from 'ipaddr.js';
import { quoted } from './quoted.js';

/** What is wrong with an address or CIDR block; null when nothing is. */
export function networkProblem(text: string): string | null {
  const [address = '', prefix, ...more] = text.split('/');
  if (more.length > 0 || !isPlainAddress(address)) {
    return `${quoted(text)} is no address or CIDR block: write for example 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32`;
  }
  if (prefix === undefined) return null;
  const bits = ipaddr.parse(address).kind() === 'ipv4' ? 32 : 128;
  if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits) return null;
  return `${quoted(text)} has no valid prefix length: write /0 to /${bits} after the address`;
}

/** ipaddr.js also takes `10.1`, octal parts and zones, which are mistakes here. */
function isPlainAddress(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) ||
    (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text))
  );
}
