const SLASH = 0x2f;
const PERCENT = 0x25;
const DOT = 0x2e;
const ANY_SEGMENT = '*';
const ANY_REST = '**';

/**
 * A pattern of paths: segments that must be the same, `*` for any one segment, and `**` at the end for any rest, also an
 * empty one. Compared with a path in {@link plainPath} form, so that no other spelling of a path escapes a rule.
 */
export class PathPattern {
  private readonly segments: readonly string[];
  private readonly isOpen: boolean;
  /** The pattern itself when it has no wildcard: one comparison decides. */
  private readonly exact: string;

  constructor(readonly text: string) {
    const segments = plainPath(text).split('/').slice(1);
    this.isOpen = segments.at(-1) === ANY_REST;
    this.segments = this.isOpen ? segments.slice(0, -1) : segments;
    this.exact = this.isOpen || segments.includes(ANY_SEGMENT) ? '' : plainPath(text);
  }

  /** @param path As {@link plainPath} gives it. */
  matches(path: string): boolean {
    if (this.exact !== '') return path === this.exact;
    let start = 1;
    for (const segment of this.segments) {
      if (start > path.length) return false;
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      if (segment === ANY_SEGMENT ? end === start : !isAt(path, segment, start, end)) return false;
      start = end + 1;
    }
    return this.isOpen || start > path.length;
  }
}

/**
 * The one form of the many spellings of a path that backends take for the same: escapes decoded where they stand for a
 * visible ASCII character, `.` and `..` resolved (RFC 3986 section 5.2.4), repeated slashes and one at the end left out.
 * A path without any of these, the usual case, comes back as it is after one pass.
 */
export function plainPath(raw: string): string {
  return isPlain(raw) ? raw : normalised(raw);
}

function isPlain(path: string): boolean {
  let before = 0;
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index);
    if (code === PERCENT || ((code === SLASH || code === DOT) && before === SLASH)) return false;
    before = code;
  }
  return before !== SLASH || path.length === 1;
}

function normalised(raw: string): string {
  const kept: string[] = [];
  for (const segment of decoded(raw).split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

/** An escape that is no visible ASCII character stays, in upper case: two spellings of it are one. */
function decoded(path: string): string {
  return path.replaceAll(/%[0-9a-f]{2}/gi, (escape) => {
    const code = Number.parseInt(escape.slice(1), 16);
    return code > 0x20 && code < 0x7f ? String.fromCharCode(code) : escape.toUpperCase();
  });
}

function isAt(path: string, segment: string, start: number, end: number): boolean {
  return end - start === segment.length && path.startsWith(segment, start);
}
