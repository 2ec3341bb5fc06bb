import { formatDuration, parseDuration } from '../../../common/config/index.js';
import { RESOLUTION_MS } from './rollup.js';

const { minute: MINUTE, hour: HOUR, day: DAY } = RESOLUTION_MS;
/** About as many points as a chart can show apart. */
const POINTS = 120;
/** Lengths that people think in; all of them fit the roll-ups. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 10_080].map((minutes) => minutes * MINUTE);

/** The shortest usual step with which a range has about 120 points at most; of very long ranges some weeks. */
export function stepFor(rangeMs: number): number {
  const fitting = STEPS.find((step) => rangeMs / step <= POINTS + 1);
  const week = 7 * DAY;
  return fitting ?? Math.ceil(rangeMs / POINTS / week) * week;
}

/** A step as people write it, such as `5m`, in milliseconds; or, as text, why it is none. */
export function readStep(text: string): number | string {
  const ms = parseDuration(text);
  if (ms === null || ms === 0) return `is "${text.slice(0, 64)}": give a duration such as 5m, 1h or 1d`;
  if (ms < MINUTE) return 'is below a minute: nothing is summed up for less';
  const fits = ms % DAY === 0 || (ms % MINUTE === 0 && DAY % ms === 0);
  return fits
    ? ms
    : `is ${text}: give minutes or hours that a day can be divided by, or whole days; ${formatDuration(nearest(ms))} is near`;
}

function nearest(ms: number): number {
  return STEPS.findLast((step) => step <= ms) ?? HOUR;
}
