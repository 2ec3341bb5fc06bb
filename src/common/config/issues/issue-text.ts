import type { z } from 'zod';
import { withoutCredentials } from '../../secrets/index.js';
import { shortened } from './config-issue.js';
import { nearestKey } from './nearest-key.js';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object (keys with values)',
  record: 'an object (keys with values)',
};

/** Separates the texts of an issue about several unknown keys, in the order of its keys. */
export const KEY_SEPARATOR = '\n';

/** What zod found, in our words: what is wrong, what is allowed, what to do. undefined leaves it to the schema's own text. */
export function issueText(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return typeText(TYPE_NAMES[issue.expected] ?? issue.expected, issue.expected, issue.input);
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKeyText(key, knownKeys(issue.inst))).join(KEY_SEPARATOR);
    case 'invalid_value':
      return choiceText(issue.values.map(String), issue.input);
    case 'invalid_union':
      return unionText(issue);
    case 'too_big':
      return `is too large: at most ${String(issue.maximum)}`;
    case 'too_small':
      return `is too small: at least ${String(issue.minimum)}`;
    default:
      return undefined;
  }
}

/** The value as it may be repeated in a message: a URL without its password, which may stand where another thing is wanted. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `the text ${JSON.stringify(shortened(withoutCredentials(value)))}`;
  if (typeof value === 'number') return Number.isFinite(value) ? `the number ${value}` : String(value);
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** Names of what may be written, for a message. */
export function alternativesText(expected: readonly string[], input: unknown): string {
  const names = [...new Set(expected.map((type) => TYPE_NAMES[type] ?? type))];
  return `must be ${names.join(' or ')}, not ${shownValue(input)}`;
}

function typeText(name: string, expected: string, input: unknown): string {
  if (input === undefined) return `is missing: write ${name}`;
  if (input === null) return `has no value: write ${name}, or remove the key`;
  return `must be ${name}, not ${shownValue(input)}${typeAdvice(expected, input)}`;
}

function typeAdvice(expected: string, input: unknown): string {
  if ((expected === 'number' || expected === 'int') && typeof input === 'string' && isNumeric(input)) {
    return `: remove the quotes`;
  }
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    return `: put it in quotes`;
  }
  if (expected === 'array' && (typeof input === 'string' || typeof input === 'number')) {
    return `: write [${JSON.stringify(typeof input === 'string' ? shortened(withoutCredentials(input)) : input)}]`;
  }
  return '';
}

function unknownKeyText(key: string, known: readonly string[]): string {
  if (key === '<<') return 'is a merge key, which is not supported: use `defaults`, or repeat the keys';
  const nearest = nearestKey(key, known);
  return nearest === null
    ? `is no known key: known here are ${known.join(', ')}`
    : `is no known key: did you mean "${nearest}"?`;
}

function choiceText(values: readonly string[], input: unknown): string {
  const allowed = values.length === 1 ? `write ${values[0]}` : `write one of ${values.join(', ')}`;
  if (input === undefined) return `is missing: ${allowed}`;
  if (input === null) return `has no value: ${allowed}`;
  const nearest = typeof input === 'string' ? nearestKey(input, values) : null;
  if (nearest !== null)
    return `is ${shownValue(input)}: did you mean "${nearest}"? Allowed: ${values.join(', ')}`;
  return `is ${shownValue(input)}: ${allowed}`;
}

function unionText(issue: Extract<RawIssue, { code: 'invalid_union' }>): string | undefined {
  const { discriminator, input } = issue;
  if (discriminator === undefined) return undefined;
  const value = (input as Record<string, unknown>)[discriminator];
  return choiceText((issue as { options?: readonly unknown[] }).options?.map(String) ?? [], value);
}

function knownKeys(inst: unknown): readonly string[] {
  const shape = (inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

function isNumeric(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}
