import { z } from 'zod';
import { bareNumberAdvice, durationProblem, type DurationLimits } from '../units/duration.js';
import { sizeProblem, type SizeLimits } from '../units/size.js';

/**
 * A text that `problem` looks at: it answers what is wrong and what to write instead, or null. `typeError` is said of
 * what is no text, where that may be a secret and is not to be repeated.
 */
export function text(
  problem: (value: string) => string | null,
  typeError?: string | ((issue: { readonly input?: unknown }) => string | undefined),
) {
  return z.string(typeError === undefined ? undefined : { error: typeError }).check((context) => {
    const message = problem(context.value);
    if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
  });
}

/** A text with at least one character and at most `max`, without control characters. `typeError` as of {@link text}. */
export function plainText(what: string, max = 1_024, typeError?: string) {
  return text((value) => {
    if (value === '') return `is empty: write ${what}`;
    if (value.length > max) return `is ${value.length} characters long: write at most ${max}`;
    return hasControlCharacter(value) ? 'has a control character (such as a line break): remove it' : null;
  }, typeError).meta({ label: 'text', minLength: 1, maxLength: max });
}

/** `5s`, `250ms`, ... within limits, or `off` where they allow it. A bare number is refused with the unit probably meant. */
export function duration(limits: DurationLimits) {
  const schema = z.string({
    error: (issue) => (typeof issue.input === 'number' ? bareNumberAdvice(issue.input, limits) : undefined),
  });
  const pattern = `^(${limits.off ? 'off|' : ''}\\d+(\\.\\d+)?(ms|s|m|h|d))$`;
  return schema
    .check((context) => {
      const message = durationProblem(context.value, limits);
      if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
    })
    .meta({ label: limits.off ? 'duration or `off`' : 'duration', pattern });
}

/** `16KiB`, `1MB`, ... within limits. */
export function size(limits: SizeLimits) {
  const schema = z.string({
    error: (issue) =>
      typeof issue.input === 'number' ? `a size needs a unit: write ${issue.input}B, or KiB, MiB` : undefined,
  });
  return schema
    .check((context) => {
      const message = sizeProblem(context.value, limits);
      if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
    })
    .meta({ label: 'size', pattern: '^\\d+(\\.\\d+)? ?(B|kB|KB|MB|GB|KiB|MiB|GiB)$' });
}

/** A whole number within inclusive bounds, or `off`. */
export function wholeNumberOrOff(min: number, max: number) {
  return z
    .union([wholeNumber(min, max, ', or off'), z.literal('off')])
    .meta({ label: `whole number, ${min} to ${max}, or \`off\`` });
}

/** A whole number within inclusive bounds. `instead`: what else its error proposes. */
export function wholeNumber(min: number, max: number, instead = '') {
  const error = (issue: { readonly input?: unknown }) =>
    `${String(issue.input)} is out of range: write a whole number from ${min} to ${max}${instead}`;
  return z
    .int({ error: (issue) => (isFraction(issue.input) ? `${issue.input} is no whole number` : undefined) })
    .min(min, { error })
    .max(max, { error })
    .meta({ label: `whole number, ${min} to ${max}` });
}

/** Whether a policy acts, or only tells what it would do: `shadow` says how. */
export function mode(shadow: string) {
  return z
    .enum(['enforce', 'shadow'])
    .optional()
    .meta({ default: 'enforce', description: `\`shadow\`: ${shadow}` });
}

/** A list of at least one item and at most `max`. */
export function listOf<T extends z.ZodType>(item: T, max: number) {
  return z
    .array(item)
    .min(1, { error: 'is an empty list: write at least one item, or remove the key' })
    .max(max, { error: (issue) => `has ${lengthOf(issue.input)} items: write at most ${max}` });
}

function isFraction(input: unknown): input is number {
  return typeof input === 'number' && Number.isFinite(input) && !Number.isInteger(input);
}

function hasControlCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function lengthOf(input: unknown): number {
  return Array.isArray(input) ? input.length : 0;
}
