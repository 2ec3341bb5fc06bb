import { createHmac } from 'node:crypto';
import type { AlgorithmScope } from './algorithms/algorithm.js';
import type { BackendRuntime } from './backend-runtime.js';

const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;

/**
 * The affinity cookie of one service: `<backend id>.<HMAC-SHA256 over service name and backend id, base64url>`.
 * Only a value that we made for this service with this registry's secret names a backend; any other is as none.
 *
 * A service has few backends, so all valid values are known beforehand and a cookie is verified by looking it up.
 * That gives a forger nothing to time: a map compares hashes of whole texts, seeded per process, and looks at the
 * text itself only when those are equal, so how much of a guess is right does not show in how long it takes.
 */
export class AffinityCookie {
  private readonly name: string;
  private readonly attributes: string;
  private readonly backends = new Map<string, BackendRuntime>();
  private readonly setCookies = new Map<BackendRuntime, string>();

  constructor(scope: AlgorithmScope) {
    this.name = scope.service.algorithm.cookie;
    this.attributes = `; Path=${cookiePath(scope.service.paths)}; HttpOnly; SameSite=Lax`;
    for (const backend of scope.backends) {
      const { id } = backend.snapshot;
      const signature = createHmac('sha256', Buffer.from(scope.affinitySecret, 'hex'))
        .update(`${scope.service.name}\n${id}`)
        .digest('base64url');
      const value = `${id}.${signature}`;
      this.backends.set(value, backend);
      this.setCookies.set(backend, `${this.name}=${value}${this.attributes}`);
    }
  }

  /**
   * The backend that a Cookie header names, in rotation or not; null: none. Of several cookies of our name (one per
   * path, RFC 6265 section 5.4) the first valid one counts.
   */
  read(header: string): BackendRuntime | null {
    for (let start = 0; start < header.length;) {
      const end = pairEnd(header, start);
      const backend = this.readPair(header, skipBlanks(header, start, end), end);
      if (backend !== null) return backend;
      start = end + 1;
    }
    return null;
  }

  /** The whole `Set-Cookie` value that binds a client to the backend: a cookie of the browser's session. */
  setCookie(backend: BackendRuntime): string {
    return this.setCookies.get(backend) ?? '';
  }

  private readPair(header: string, start: number, end: number): BackendRuntime | null {
    const valueStart = start + this.name.length + 1;
    const isOurs =
      header.startsWith(this.name, start) && header.charAt(valueStart - 1) === '=' && valueStart < end;
    if (!isOurs) return null;
    let valueEnd = end;
    while (isBlank(header.charCodeAt(valueEnd - 1))) valueEnd--;
    const isQuoted = header.charCodeAt(valueStart) === QUOTE && header.charCodeAt(valueEnd - 1) === QUOTE;
    const value = isQuoted ? header.slice(valueStart + 1, valueEnd - 1) : header.slice(valueStart, valueEnd);
    return this.backends.get(value) ?? null;
  }
}

/**
 * A service with one path prefix keeps its cookie there (RFC 6265 section 5.1.4 matches it as our routing does), so that
 * services on other paths of the host do not overwrite it; one with several can only take the whole host.
 */
export function cookiePath(paths: readonly string[]): string {
  const path = paths.length === 1 ? paths[0]! : '/';
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return trimmed.includes(';') ? '/' : trimmed;
}

function pairEnd(header: string, start: number): number {
  let end = start;
  while (end < header.length && header.charCodeAt(end) !== SEMICOLON) end++;
  return end;
}

function skipBlanks(header: string, from: number, end: number): number {
  let start = from;
  while (start < end && isBlank(header.charCodeAt(start))) start++;
  return start;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
