import { RESOLUTION_MS, type Resolution } from './rollup.js';

const { minute: MINUTE, hour: HOUR, day: DAY } = RESOLUTION_MS;

/** A stretch of a range that roll-ups of one resolution answer. */
export interface RangePiece {
  readonly resolution: Resolution;
  /** Unix milliseconds, a multiple of the resolution, inclusive. */
  readonly from: number;
  /** The same, exclusive. */
  readonly to: number;
}

/** Since when the roll-ups of each resolution are complete, Unix milliseconds: those of before may have been removed. */
export type CompleteSince = Readonly<Record<Resolution, number>>;

export const ALWAYS_COMPLETE: CompleteSince = { minute: 0, hour: 0, day: 0 };

/** The longest roll-ups that lie wholly within every bucket of this step; null: one bucket. */
export function coarsestWithin(stepMs: number | null): Resolution {
  if (stepMs === null || stepMs % DAY === 0) return 'day';
  return stepMs % HOUR === 0 ? 'hour' : 'minute';
}

/** The range in whole minutes. */
export function wholeMinutes(range: { readonly from: number; readonly to: number }) {
  return { from: floor(range.from, MINUTE), to: ceil(range.to, MINUTE) };
}

/**
 * Which roll-ups make up a range, in the order of time: minutes, hours, days, hours, minutes. It is widened to whole
 * minutes, and where these are not complete to hours, or days. Roll-ups may be longer than `coarsest` only there. Empty
 * for an empty range.
 */
export function rangePieces(
  range: { readonly from: number; readonly to: number },
  coarsest: Resolution,
  complete: CompleteSince = ALWAYS_COMPLETE,
): RangePiece[] {
  if (range.from >= range.to) return [];
  const hoursSince = ceil(complete.hour, DAY);
  const minutesSince = Math.max(hoursSince, ceil(complete.minute, HOUR));
  const finestAt = (time: number): Resolution =>
    time >= minutesSince ? 'minute' : time >= hoursSince ? 'hour' : 'day';
  const end = ceil(range.to, RESOLUTION_MS[finestAt(range.to - 1)]);
  const pieces: RangePiece[] = [];
  let from = floor(range.from, RESOLUTION_MS[finestAt(range.from)]);
  while (from < end) {
    const finest = finestAt(from);
    const allowed = longer(coarsest, finest);
    const resolution = longestAt(from, end, allowed);
    let to = endOfPiece({ resolution, from, to: end }, allowed);
    // Where a shorter resolution becomes complete, longer ones than the caller wants end.
    if (RESOLUTION_MS[resolution] > RESOLUTION_MS[coarsest]) {
      to = Math.min(to, finest === 'day' ? hoursSince : minutesSince);
    }
    append(pieces, { resolution, from, to });
    from = to;
  }
  return pieces;
}

function append(pieces: RangePiece[], piece: RangePiece): void {
  const last = pieces.at(-1);
  if (last?.resolution === piece.resolution) pieces[pieces.length - 1] = { ...last, to: piece.to };
  else pieces.push(piece);
}

function longer(a: Resolution, b: Resolution): Resolution {
  return RESOLUTION_MS[a] >= RESOLUTION_MS[b] ? a : b;
}

function longestAt(from: number, end: number, coarsest: Resolution): Resolution {
  const fits = (resolution: Resolution) =>
    RESOLUTION_MS[resolution] <= RESOLUTION_MS[coarsest] &&
    from % RESOLUTION_MS[resolution] === 0 &&
    from + RESOLUTION_MS[resolution] <= end;
  if (fits('day')) return 'day';
  return fits('hour') ? 'hour' : 'minute';
}

/** As far as nothing longer fits. */
function endOfPiece({ resolution, from, to }: RangePiece, coarsest: Resolution): number {
  const last = floor(to, RESOLUTION_MS[resolution]);
  if (resolution === coarsest) return last;
  return Math.min(last, ceil(from + 1, resolution === 'minute' ? HOUR : DAY));
}

function floor(time: number, unit: number): number {
  return Math.floor(time / unit) * unit;
}

function ceil(time: number, unit: number): number {
  return Math.ceil(time / unit) * unit;
}
