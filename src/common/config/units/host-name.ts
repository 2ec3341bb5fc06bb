import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { quoted } from './quoted.js';

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const MAX_HOST_LENGTH = 253;

/** Whether the text is a DNS name (underscores allowed: containers have them) of plain ASCII labels. */
export function isDnsName(text: string): boolean {
  return text.length <= MAX_HOST_LENGTH && text.split('.').every((label) => LABEL.test(label));
}

/** What is wrong with an address or name to listen on; null when nothing is. */
export function listenHostProblem(text: string): string | null {
  if (isIP(text) !== 0 || isDnsName(text)) return null;
  if (/^\[.*\]$/.test(text)) return `${quoted(text)} must be written without brackets`;
  return `${quoted(text)} is no address to listen on: write an IP address such as 0.0.0.0, 127.0.0.1 or "::", or a host name`;
}

/** What is wrong with a host of a service: an exact name, an address, or `*.suffix`; null when nothing is. */
export function routeHostProblem(text: string): string | null {
  if (text === '*') return '"*" is no host: leave `hosts` out to take any host';
  if (text.includes('://'))
    return `${quoted(text)} must be a bare host name without a scheme: write ${quoted(text.split('://')[1] ?? '')}`;
  if (/[/?#]/.test(text)) return `${quoted(text)} must be a host name alone: a path belongs in \`paths\``;
  const bare = text.startsWith('*.') ? text.slice(2) : text;
  if (isIP(bare) === 6) return `${quoted(text)} must be written in brackets: "[${bare}]"`;
  if (/^\[.*\]$/.test(bare))
    return isIP(bare.slice(1, -1)) === 6 ? null : `${quoted(text)} is no IPv6 address`;
  if (/:\d*$/.test(bare)) return `${quoted(text)} must not carry a port: the port is the listener's`;
  if (bare.endsWith('.')) return `${quoted(text)} must not end in a dot`;
  if (bare.includes('*'))
    return `${quoted(text)} may have one wildcard only, as its first label: "*.example.com"`;
  if (isDnsName(bare)) return null;
  return internationalAdvice(text, bare);
}

function internationalAdvice(text: string, bare: string): string {
  const ascii = domainToASCII(bare);
  if (ascii !== '' && ascii !== bare && isDnsName(ascii)) {
    return `${quoted(text)} must be written in its ASCII form: ${quoted(text.replace(bare, ascii))}`;
  }
  return `${quoted(text)} is no host name: write letters, digits, "-" and "." such as shop.example.com or "*.example.com"`;
}
