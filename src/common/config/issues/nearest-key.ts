/** Longer texts are no typing mistakes, and comparing them would cost. */
const MAX_LENGTH = 64;

/** The candidate that the text was probably meant to be, or null when none is near. Case, `-` and `_` do not count. */
export function nearestKey(text: string, candidates: readonly string[]): string | null {
  if (text.length > MAX_LENGTH) return null;
  const wanted = folded(text);
  let nearest: string | null = null;
  let best = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const other = folded(candidate);
    // `drain` for `draining`: an abbreviation is nearer than its length says.
    if (wanted.length >= 3 && other.startsWith(wanted) && best > 1) {
      best = 1;
      nearest = candidate;
      continue;
    }
    if (Math.abs(other.length - wanted.length) >= best) continue;
    const distance = editDistance(wanted, other);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** Least number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
