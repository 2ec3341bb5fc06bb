/**
 * The first string after all that start with `prefix`, in the byte order of UTF-8 (which is the order of code points);
 * null: there is none. Both stores compare strings that way, so a prefix becomes a plain range: no wildcard and no
 * regular expression that a hostile value could speak to.
 */
export function afterPrefix(prefix: string): string | null {
  const points = Array.from(prefix.toWellFormed(), (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() as number;
    if (last < 0x10ffff) return String.fromCodePoint(...points, afterSurrogates(last + 1));
  }
  return null;
}

/** Surrogates are no code points of UTF-8: the successor of U+D7FF is U+E000. */
function afterSurrogates(point: number): number {
  return point >= 0xd800 && point <= 0xdfff ? 0xe000 : point;
}
