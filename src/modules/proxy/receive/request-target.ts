import type { Exchange } from '../exchange.js';

/** A request target taken apart (RFC 9112 section 3.2). */
export interface RequestTarget {
  /** Origin form, byte for byte as received, or `*`. */
  readonly target: string;
  /** Host and port of an absolute-form target, which overrides `Host` (RFC 9112 section 3.2.2); null otherwise. */
  readonly authority: string | null;
}

const SLASH = 0x2f;

/** Takes path and query of an exchange from its target. */
export function splitTarget(exchange: Exchange, target: string): void {
  const mark = target.indexOf('?');
  exchange.path = mark < 0 ? target : target.slice(0, mark);
  exchange.query = mark < 0 ? '' : target.slice(mark + 1);
}

/** Reads a target for a method; null: not valid. CONNECT is not served, so its authority form is never valid. */
export function readTarget(method: string, raw: string): RequestTarget | null {
  if (method === 'CONNECT' || raw.includes('#')) return null;
  if (raw.charCodeAt(0) === SLASH) return { target: raw, authority: null };
  if (raw === '*') return method === 'OPTIONS' ? { target: raw, authority: null } : null;
  return readAbsoluteForm(method, raw);
}

function readAbsoluteForm(method: string, raw: string): RequestTarget | null {
  const start = schemeLength(raw);
  if (start === 0) return null;
  const end = authorityEnd(raw, start);
  const authority = raw.slice(start, end);
  if (authority === '') return null;
  const rest = raw.slice(end);
  if (rest === '') return { target: method === 'OPTIONS' ? '*' : '/', authority };
  return { target: rest.charCodeAt(0) === SLASH ? rest : `/${rest}`, authority };
}

function schemeLength(raw: string): number {
  if (raw.slice(0, 7).toLowerCase() === 'http://') return 7;
  return raw.slice(0, 8).toLowerCase() === 'https://' ? 8 : 0;
}

function authorityEnd(raw: string, start: number): number {
  const slash = raw.indexOf('/', start);
  const mark = raw.indexOf('?', start);
  if (slash < 0) return mark < 0 ? raw.length : mark;
  return mark < 0 ? slash : Math.min(slash, mark);
}
