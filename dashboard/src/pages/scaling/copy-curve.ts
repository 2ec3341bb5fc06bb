import type { ScalingLogRecord } from '../../api/types';

/** So many there were, and so many there should have been, from `time` on. */
interface Moment {
  /** Unix milliseconds. */
  readonly time: number;
  readonly current: number;
  readonly desired: number;
}

export interface CurveParts {
  /** Of the time that is drawn, in any order. */
  readonly records: readonly ScalingLogRecord[];
  /** From before it, newest first: what was so when it began. */
  readonly earlier: readonly ScalingLogRecord[];
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  /** As it is at `to`; null: not known here. */
  readonly now: Omit<Moment, 'time'> | null;
}

/** Copies over time as a chart takes them: Unix seconds, how many there were, how many were wanted. */
export type CopyCurve = [times: number[], current: number[], desired: number[]];

/** What happened to copies; what discovery found and lost is not about their number. */
export function copyCurve({ records, earlier, from, to, now }: CurveParts): CopyCurve {
  const moments = records
    .filter(isOfCopies)
    .filter(({ time }) => time >= from)
    .toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  const before = earlier.find(isOfCopies);
  const points: Moment[] = before === undefined ? [] : [{ ...before, time: from }];
  points.push(...moments);
  const last = points.at(-1);
  const end = now ?? last;
  // A record may be newer than the last look at the clock.
  if (end !== undefined) points.push({ ...end, time: Math.max(to, last?.time ?? to) });
  return columnsOf(points);
}

type CopyRecord = ScalingLogRecord & { readonly desired: number };

function isOfCopies(record: ScalingLogRecord): record is CopyRecord {
  return record.desired !== null;
}

/** Of what happened in the same millisecond the last counts: times of a chart rise. */
function columnsOf(points: readonly Moment[]): CopyCurve {
  const curve: CopyCurve = [[], [], []];
  for (const [at, { time, current, desired }] of points.entries()) {
    if (points[at + 1]?.time === time) continue;
    curve[0].push(time / 1000);
    curve[1].push(current);
    curve[2].push(desired);
  }
  return curve;
}
