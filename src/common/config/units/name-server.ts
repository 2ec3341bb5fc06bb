import { isIP } from 'node:net';
import { quoted } from './quoted.js';

const BRACKETED = /^\[([^\]]+)\](?::(\d{1,5}))?$/;
const PLAIN = /^([^:]+)(?::(\d{1,5}))?$/;
const DNS_PORT = 53;

/** `address:port` of a name server, IPv6 in brackets, from a text with or without a port; null when it is none. */
export function nameServer(text: string): string | null {
  if (isIP(text) === 6) return `[${text}]:${DNS_PORT}`;
  const [, address = '', port] = BRACKETED.exec(text) ?? PLAIN.exec(text) ?? [];
  const number = port === undefined ? DNS_PORT : Number(port);
  if (isIP(address) === 0 || number < 1 || number > 65_535) return null;
  return isIP(address) === 6 ? `[${address}]:${number}` : `${address}:${number}`;
}

/** What is wrong with the text as a name server; null when nothing is. */
export function nameServerProblem(text: string): string | null {
  if (nameServer(text) !== null) return null;
  return `${quoted(text)} is no name server: write its IP address, with a port if it is not ${DNS_PORT}, such as 10.0.0.2 or 10.0.0.2:5353`;
}
