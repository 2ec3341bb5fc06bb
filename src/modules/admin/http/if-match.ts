import { VelocityError } from '../../../common/errors/index.js';

/** An entity tag (RFC 9110, 8.8.3) and what separates it from the next one. */
const TAG = /[ \t]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:,|$)/y;

/**
 * The tags of an `If-Match` header, without quotes; `*` alone for any. Weak tags are left out: they never match
 * (RFC 9110, 13.1.1), so a list of nothing else is a condition that never holds. undefined: there is no header.
 * Throws REQUEST_INVALID.
 */
export function readIfMatch(header: string | undefined): readonly string[] | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (text === '*') return ['*'];
  const tags: string[] = [];
  for (let place = 0; place < text.length; place = TAG.lastIndex) {
    TAG.lastIndex = place;
    const found = TAG.exec(text);
    if (found === null) throw refused();
    if (found[1] === undefined) tags.push(found[2] as string);
  }
  if (text === '' || text.endsWith(',')) throw refused();
  return tags;
}

function refused(): VelocityError {
  return new VelocityError(
    'REQUEST_INVALID',
    'The header If-Match cannot be read: send tags in double quotes, as ETag had them, separated by commas, or *.',
  );
}
