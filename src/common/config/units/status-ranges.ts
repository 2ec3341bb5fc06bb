/** Inclusive range of HTTP statuses. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** As written: `200`, `"200-399"`, `"200,204,300-399"`, or a list of these. */
export type StatusInput = number | string | readonly (number | string)[];

/** The ranges, or null when some part is no status from 100 to 599 or a range runs backwards. */
export function parseStatusRanges(input: unknown): StatusRange[] | null {
  const parts = (Array.isArray(input) ? input : [input]).flatMap((part) =>
    typeof part === 'string' ? part.split(',') : [part],
  );
  if (parts.length === 0) return null;
  const ranges: StatusRange[] = [];
  for (const part of parts) {
    const range = parseRange(part);
    if (range === null) return null;
    ranges.push(range);
  }
  return ranges;
}

function parseRange(part: unknown): StatusRange | null {
  if (typeof part !== 'string' && typeof part !== 'number') return null;
  const match = /^\s*(\d{3})(?:\s*-\s*(\d{3}))?\s*$/.exec(String(part));
  if (!match) return null;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  return from >= 100 && to <= 599 && from <= to ? { from, to } : null;
}
