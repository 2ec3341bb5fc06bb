import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../common/config/units/duration.js';

/** Readers of option values: each throws commander's error, which names the option, when the text does not fit. */

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  };
}

/** A duration such as `60s`, as it is written. */
export function durationText(text: string): string {
  if (parseDuration(text) !== null && text !== 'off') return text;
  throw new InvalidArgumentError('Write a number and a unit (ms, s, m, h, d), such as 60s.');
}

/** A moment as the admin API reads it; a bare duration is so long ago. */
export function moment(text: string): string {
  return /^\d+(ms|s|m|h|d)$/.test(text) ? `-${text}` : text;
}

/** Repeatable. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
