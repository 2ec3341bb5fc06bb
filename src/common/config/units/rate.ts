import { formatDuration, parseDuration } from './duration.js';
import { quoted } from './quoted.js';

const RATE = /^(\d{1,9})\/(\S+)$/;
const MIN_WINDOW_MS = 1_000;
const MAX_WINDOW_MS = 86_400_000;
/** A month of seconds in a day: what is rarer is no rate. */
const MAX_COUNT = 1_000_000_000;

/** So many in a time. */
export interface Rate {
  readonly limit: number;
  readonly windowMs: number;
}

/** `100/1m`, `5/s` (a unit alone is one of it), `1000/10s`; null when it is none of these. */
export function parseRate(text: unknown): Rate | null {
  const match = typeof text === 'string' ? RATE.exec(text) : null;
  if (match === null) return null;
  const window = match[2]!;
  const windowMs = parseDuration(/^\d/.test(window) ? window : `1${window}`);
  const limit = Number(match[1]);
  if (windowMs === null || limit < 1 || limit >= MAX_COUNT) return null;
  return windowMs >= MIN_WINDOW_MS && windowMs <= MAX_WINDOW_MS ? { limit, windowMs } : null;
}

/** What is wrong with the text as a rate, and what to write instead; null when nothing is. */
export function rateProblem(text: string): string | null {
  if (parseRate(text) !== null) return null;
  const range = `${formatDuration(MIN_WINDOW_MS)} to ${formatDuration(MAX_WINDOW_MS)}`;
  return `${quoted(text)} is no rate: write how many in which time (${range}), such as 100/1m or 5/1s`;
}
