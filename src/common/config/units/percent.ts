import { quoted } from './quoted.js';

const PERCENT = /^(\d{1,3}(?:\.\d{1,3})?) ?%$/;

/** What a share allows. Both bounds are inclusive, in percent. */
export interface PercentLimits {
  readonly min: number;
  readonly max: number;
}

/** Percent of a text such as `20%` or `0.5%`; null when it is no share. */
export function parsePercent(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const match = PERCENT.exec(text);
  return match === null ? null : Number(match[1]);
}

/** What is wrong with the text as a share, and what to write instead; null when nothing is. */
export function percentProblem(text: string, limits: PercentLimits): string | null {
  const percent = parsePercent(text);
  const range = `from ${limits.min}% to ${limits.max}%`;
  if (percent === null) return `${quoted(text)} is no share: write a percentage ${range}`;
  if (percent < limits.min || percent > limits.max) {
    return `${text} is out of range: write a percentage ${range}`;
  }
  return null;
}
