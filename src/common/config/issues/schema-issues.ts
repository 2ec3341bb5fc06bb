import type { z } from 'zod';
import type { ConfigIssue, ConfigPath } from './config-issue.js';
import { alternativesText, issueText, KEY_SEPARATOR } from './issue-text.js';

/** Either the value, with what the schema does not know left out, or everything that is wrong with it. */
export type SchemaResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

/** Holds a value against a schema; `base` goes in front of the paths of issues. */
export function checkSchema<T extends z.ZodType>(
  schema: T,
  value: unknown,
  base: ConfigPath = [],
): SchemaResult<z.output<T>> {
  const result = schema.safeParse(value, { error: issueText, reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, issues: result.error.issues.flatMap((issue) => translate(issue, base)) };
}

function translate(issue: z.core.$ZodIssue, base: ConfigPath): ConfigIssue[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split(KEY_SEPARATOR);
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      message: messages[index] ?? '',
      atKey: true,
    }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({ path, message: inner.message, atKey: true }));
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined)
    return [{ path, message: issue.message }];
  if (issue.code === 'invalid_union') return translateUnion(issue.errors, issue.input, path);
  return [{ path, message: issue.message }];
}

/** The alternative that was meant is the one whose type fits; when none or several do, all are named. */
function translateUnion(alternatives: z.core.$ZodIssue[][], input: unknown, path: ConfigPath): ConfigIssue[] {
  const fitting = alternatives.filter((issues) => !issues.some(isWrongTypeAtRoot));
  if (fitting.length === 1) return fitting[0]!.flatMap((issue) => translate(issue, path));
  const choices = alternatives.flat().find((issue) => issue.code === 'invalid_value');
  const expected = alternatives
    .flat()
    .flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []));
  if (typeof input === 'string' && choices !== undefined) {
    const orNumber = expected.some((type) => type === 'number' || type === 'int') ? ', or a number' : '';
    return [{ path, message: choices.message + orNumber }];
  }
  const names =
    choices?.code === 'invalid_value' ? [`one of ${choices.values.join(', ')}`, ...expected] : expected;
  return [{ path, message: alternativesText(names, input) }];
}

function isWrongTypeAtRoot(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}
