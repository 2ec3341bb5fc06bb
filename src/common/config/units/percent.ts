import { quoted } from './quoted.js';

const PERCENT = /^(\d{1,3}(?:\.\d{1,3})?) ?%$/;

/** What a share allows. Both bounds are inclusive, in percent. */
export interface PercentLimits {
  readonly min: number;
  readonly max: number;
  /** Whether it may be `off`. Default: false. */
  readonly off?: boolean;
}

/** A part of something that is more than nothing. */
export const PART: PercentLimits = { min: 0.001, max: 100 };

/** Percent of a text such as `20%` or `0.5%`; 0 for `off`; null when it is neither. */
export function parsePercent(text: unknown): number | null {
  if (text === 'off') return 0;
  if (typeof text !== 'string') return null;
  const match = PERCENT.exec(text);
  return match === null ? null : Number(match[1]);
}

/** Percent of a share that validation has accepted; throws on any other text. */
export function percentage(text: string): number {
  const share = parsePercent(text);
  if (share === null) throw new TypeError(`${text} is no share`);
  return share;
}

/** What is wrong with the text as a share, and what to write instead; null when nothing is. */
export function percentProblem(text: string, { min, max, off = false }: PercentLimits): string | null {
  const advice = `write a percentage from ${min}% to ${max}%${off ? ', or off' : ''}`;
  if (text === 'off') return off ? null : `cannot be off: ${advice}`;
  const percent = parsePercent(text);
  if (percent === null) return `${quoted(text)} is no share: ${advice}`;
  return percent < min || percent > max ? `${text} is out of range: ${advice}` : null;
}
