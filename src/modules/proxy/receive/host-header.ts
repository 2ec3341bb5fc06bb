import { normalizeHost } from '../../balancer/index.js';

/** Characters of a registered name or IPv4 address (RFC 3986 section 3.2.2): letters, digits, `-._~`, sub-delims, `%`. */
const IN_NAME = allowed("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+;=%");
const IN_ADDRESS = allowed('0123456789abcdefABCDEF:.');
const IN_PORT = allowed('0123456789');

const COLON = 0x3a;
const BRACKET = 0x5b;
const MAX_PORT = 65_535;

/**
 * Whether a value can be a `Host`: a name or IPv4 address, or an IPv6 address in brackets, and perhaps a port; or nothing
 * at all. Everything else is where two servers may see two hosts. A comma is excluded although a registered name may hold
 * one: it is how two hosts look when somebody joined them, and hosts with commas are not in use.
 */
export function isValidHost(value: string): boolean {
  if (value === '') return true;
  const end = value.charCodeAt(0) === BRACKET ? addressEnd(value) : runOf(IN_NAME, value, 0);
  if (end <= 0) return false;
  return end === value.length || (value.charCodeAt(end) === COLON && isPort(value, end + 1));
}

/** Reads hosts, most of which are the one before: then nothing is looked at twice. */
export class HostReader {
  /** As routing wants it. */
  host = '';
  private authority = '';

  /** Whether the authority is valid; {@link host} is its host then. */
  read(authority: string): boolean {
    if (authority === this.authority) return true;
    if (!isValidHost(authority)) return false;
    this.authority = authority;
    this.host = normalizeHost(authority);
    return true;
  }
}

/** How often `Host` occurs: a request with more than one is refused (RFC 9112 section 3.2). */
export function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}

/** Where the brackets end; 0: they hold no address. */
function addressEnd(value: string): number {
  const close = runOf(IN_ADDRESS, value, 1);
  return close > 2 && value[close] === ']' ? close + 1 : 0;
}

/** A port may be left out behind its colon (RFC 3986 section 3.2.3). */
function isPort(value: string, start: number): boolean {
  return runOf(IN_PORT, value, start) === value.length && Number(value.slice(start)) <= MAX_PORT;
}

/** Index of the first character from `start` on that is not in the table. */
function runOf(table: Uint8Array, value: string, start: number): number {
  let index = start;
  while (index < value.length && table[value.charCodeAt(index)] === 1) index++;
  return index;
}

function allowed(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = 1;
  return table;
}
