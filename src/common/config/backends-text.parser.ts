import { z } from 'zod';
import type { ErrorIssue } from '../errors/index.js';
import { configInvalid } from './config.parser.js';
import { pathText, type ConfigIssue } from './issues/config-issue.js';
import { checkSchema } from './issues/schema-issues.js';
import { duplicateUrls } from './rules/backend.rules.js';
import { looseList } from './rules/loose.js';
import { backendSchema, type BackendInput } from './schema.js';
import { CLOSED_ENVIRONMENT } from './source/environment.js';
import { PlainDocument } from './source/plain-document.js';
import { decodeConfigText } from './source/text-decoder.js';
import { YamlDocument } from './source/yaml-document.js';
import { expandBackend } from './written-form.js';

/** A backend as somebody else than the operator brings it: its admin state is the operator's, its source is who brings it. */
const broughtSchema = backendSchema.omit({ source: true, state: true });
const listSchema = z.array(z.union([broughtSchema, backendSchema.shape.url]));

export type BroughtBackend = Omit<BackendInput, 'source' | 'state'>;

/**
 * Reads a list of backends in YAML (or JSON, which is YAML), as a service has one, but without `state` and `source`.
 * `fileName` is for messages only; placeholders are refused.
 * Throws CONFIG_INVALID whose issues hold everything that is wrong at once, each with file, line and column.
 */
export function parseBackendsText(content: Uint8Array, fileName: string): readonly BroughtBackend[] {
  const text = decodeConfigText(content, fileName);
  const document = PlainDocument.of(text, CLOSED_ENVIRONMENT) ?? new YamlDocument(text, CLOSED_ENVIRONMENT);
  const located = (issue: ConfigIssue, position = document.locate(issue)): ErrorIssue => {
    const { line, column } = position;
    return { path: pathText(issue.path), message: issue.message, file: fileName, line, column };
  };
  const { problems, value } = document;
  if (problems.length > 0)
    throw configInvalid(
      fileName,
      problems.map((problem) => located(problem, problem)),
    );
  if (value === undefined) throw configInvalid(fileName, [located({ path: [], message: EMPTY })]);
  const checked = checkSchema(listSchema, value);
  const issues = [...(checked.ok ? [] : checked.issues), ...duplicateUrls(looseList(value), [])];
  if (!checked.ok || issues.length > 0)
    throw configInvalid(
      fileName,
      issues.map((issue) => located(issue)),
    );
  return checked.value.map(expandBackend);
}

/** What is wrong with a backend that somebody brings; empty: nothing. */
export function broughtBackendProblem(backend: BroughtBackend): string {
  const checked = checkSchema(broughtSchema, backend);
  if (checked.ok) return '';
  return checked.issues.map(({ path, message }) => `${pathText(path)} ${message}`.trim()).join('; ');
}

const EMPTY = 'is empty: write a list of backends, or [] where there are none';
