import { HOP_BY_HOP_FIELDS } from '../../common/contract/index.js';

/** Fields that `Connection` cannot take out of a message: without them it would mean something else. */
const PROTECTED: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type']);

/** Where the client came from, as somebody in front of us says. */
const FORWARDING: ReadonlySet<string> = new Set([
  'forwarded',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
]);

/** Fields of the other names that must not have a double in underscores: many applications read both as one. */
const OWNED: ReadonlySet<string> = new Set([
  'x-request-id',
  'host',
  'content-length',
  'transfer-encoding',
  'via',
]);

/** Fields that must not come in a trailer section, as they frame, route or authenticate (RFC 9110 section 6.5.1). */
const NOT_IN_TRAILERS: ReadonlySet<string> = new Set([
  'content-length',
  'host',
  'trailer',
  'authorization',
  'cookie',
  'set-cookie',
  'cache-control',
  'content-encoding',
  'content-type',
  'content-range',
  'via',
  'x-request-id',
]);

/** All of these expect a name in lower case. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP_FIELDS.has(name);
}

export function isForwarding(name: string): boolean {
  return FORWARDING.has(name) || name.startsWith('x-forwarded-');
}

/** `x_forwarded_for` and the like: an application that maps both to one variable would believe the client's. */
export function isUnderscoreDouble(name: string): boolean {
  if (!name.includes('_')) return false;
  const dashed = name.replaceAll('_', '-');
  return OWNED.has(dashed) || isForwarding(dashed) || isHopByHop(dashed);
}

export function isAllowedTrailer(name: string): boolean {
  return !NOT_IN_TRAILERS.has(name) && !isHopByHop(name) && !isForwarding(name) && !isUnderscoreDouble(name);
}

/** The names that the message's own `Connection` fields declare hop-by-hop; the shared empty list when there are none. */
export function connectionOptions(rawHeaders: readonly string[]): readonly string[] {
  let options: string[] | null = null;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length !== 10 && name.length !== 16) continue;
    const lower = name.toLowerCase();
    if (lower !== 'connection' && lower !== 'proxy-connection') continue;
    for (const token of rawHeaders[index + 1]!.split(',')) {
      const option = token.trim().toLowerCase();
      if (isNamedField(option)) (options ??= []).push(option);
    }
  }
  return options ?? NO_OPTIONS;
}

/** `keep-alive` and `close` are no fields, or are stripped anyway. */
function isNamedField(option: string): boolean {
  return option !== '' && option !== 'keep-alive' && option !== 'close' && !PROTECTED.has(option);
}

const NO_OPTIONS: readonly string[] = [];
