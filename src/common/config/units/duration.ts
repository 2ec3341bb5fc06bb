import { quoted } from './quoted.js';
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;

/** What a duration field allows. Both bounds are inclusive milliseconds. */
export interface DurationLimits {
  readonly min: number;
  readonly max: number;
  /** Whether `off` may be written; it resolves to 0. */
  readonly off?: boolean;
}

/** Longest time that a Node timer keeps exactly (2^31 - 1 ms, about 24 days); timeouts stay below it. */
export const LONGEST_TIMEOUT_MS = 24 * UNIT_MS.h;

/** Milliseconds of a text such as `250ms`, `5s`, `1.5m`, `1h`, `30d`; 0 for `off`; null when it is none of these. */
export function parseDuration(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  if (text === 'off') return 0;
  const match = DURATION.exec(text);
  if (!match) return null;
  return Math.round(Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]);
}

/** The shortest exact text for a number of milliseconds, such as `1h` for 3600000. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms >= UNIT_MS[unit] && ms % UNIT_MS[unit] === 0) return `${ms / UNIT_MS[unit]}${unit}`;
  }
  return `${ms}ms`;
}

/** What is wrong with the text as a duration, and what to write instead; null when nothing is. */
export function durationProblem(text: string, limits: DurationLimits): string | null {
  const ms = parseDuration(text);
  if (ms === null) return `${quoted(text)} is no duration: ${durationAdvice(text, limits)}`;
  if (text === 'off') return limits.off ? null : `cannot be off: write a duration from ${rangeText(limits)}`;
  if (ms < limits.min || ms > limits.max)
    return `${text} is out of range: write a duration from ${rangeText(limits)}`;
  return null;
}

/** Answer to a bare number: the unit that was probably meant. */
export function bareNumberAdvice(value: number, limits: DurationLimits): string {
  if (value === 0 && limits.off) return 'a duration needs a unit: write off to switch it off';
  const seconds = value * UNIT_MS.s;
  const likely = seconds >= limits.min && seconds <= limits.max && value < 1_000 ? `${value}s` : `${value}ms`;
  return `a duration needs a unit: write ${likely} if that is meant (units: ms, s, m, h, d)`;
}

function durationAdvice(text: string, limits: DurationLimits): string {
  if (/^\d+(\.\d+)?$/.test(text)) return bareNumberAdvice(Number(text), limits);
  const off = limits.off ? ', or off' : '';
  return `write a number and a unit (ms, s, m, h, d), such as ${formatDuration(exampleWithin(limits))}${off}`;
}

function exampleWithin(limits: DurationLimits): number {
  return Math.min(Math.max(5 * UNIT_MS.s, limits.min), limits.max);
}

function rangeText(limits: DurationLimits): string {
  return `${formatDuration(limits.min)} to ${formatDuration(limits.max)}${limits.off ? ', or off' : ''}`;
}

/** Milliseconds of a duration that validation has accepted; throws on any other text. */
export function milliseconds(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new TypeError(`${text} is no duration`);
  return ms;
}
