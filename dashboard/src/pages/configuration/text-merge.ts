export interface MergedText {
  readonly text: string;
  /** Places that both changed: both versions stand there, between marks. */
  readonly conflicts: number;
}

/** Most pairs of lines that are compared; beyond, what both have changed counts as one place. */
const MOST_PAIRS = 4_000_000;

/**
 * What both made of the same text, line by line. Where only one changed something, that counts; where both did, both stand
 * there between `<<<<<<< yours` and `>>>>>>> <name>`, as in version control.
 */
export function mergeTexts(base: string, mine: string, theirs: string, name: string): MergedText {
  const [old, own, other] = [base.split('\n'), mine.split('\n'), theirs.split('\n')] as const;
  const toOwn = matchesOf(old, own);
  const toOther = matchesOf(old, other);
  const merged: string[] = [];
  let conflicts = 0;
  let [at, ownAt, otherAt] = [0, 0, 0];
  for (;;) {
    while (at < old.length && toOwn[at] === ownAt && toOther[at] === otherAt) {
      merged.push(old[at]!);
      [at, ownAt, otherAt] = [at + 1, ownAt + 1, otherAt + 1];
    }
    let next = at;
    while (next < old.length && (toOwn[next]! < 0 || toOther[next]! < 0)) next += 1;
    const ownEnd = next < old.length ? toOwn[next]! : own.length;
    const otherEnd = next < old.length ? toOther[next]! : other.length;
    if (next === at && ownEnd === ownAt && otherEnd === otherAt) break;
    const parts = [old.slice(at, next), own.slice(ownAt, ownEnd), other.slice(otherAt, otherEnd)] as const;
    const agreed = agreedPart(...parts);
    if (agreed === null) conflicts += 1;
    merged.push(...(agreed ?? ['<<<<<<< yours', ...parts[1], '=======', ...parts[2], `>>>>>>> ${name}`]));
    [at, ownAt, otherAt] = [next, ownEnd, otherEnd];
  }
  return { text: merged.join('\n'), conflicts };
}

function agreedPart(
  old: readonly string[],
  own: readonly string[],
  other: readonly string[],
): readonly string[] | null {
  if (isSame(own, other) || isSame(other, old)) return own;
  return isSame(own, old) ? other : null;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** For each line of `from` where it is in `to`, in order; -1: it is gone. A longest common subsequence. */
function matchesOf(from: readonly string[], to: readonly string[]): Int32Array {
  const matches = new Int32Array(from.length).fill(-1);
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) {
    matches[start] = start;
    start += 1;
  }
  let [end, toEnd] = [from.length, to.length];
  while (end > start && toEnd > start && from[end - 1] === to[toEnd - 1]) {
    [end, toEnd] = [end - 1, toEnd - 1];
    matches[end] = toEnd;
  }
  const [rows, columns] = [end - start, toEnd - start];
  if (rows * columns > MOST_PAIRS) return matches;
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      const cell = row * width + column;
      lengths[cell] =
        from[start + row] === to[start + column]
          ? lengths[cell + width + 1]! + 1
          : Math.max(lengths[cell + width]!, lengths[cell + 1]!);
    }
  }
  for (let [row, column] = [0, 0]; row < rows && column < columns;) {
    const cell = row * width + column;
    if (from[start + row] === to[start + column]) matches[start + row++] = start + column++;
    else if (lengths[cell + width]! >= lengths[cell + 1]!) row += 1;
    else column += 1;
  }
  return matches;
}
