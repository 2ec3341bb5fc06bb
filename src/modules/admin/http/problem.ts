import { STATUS_CODES } from 'node:http';
import { withoutTokens } from '../../../common/secrets/index.js';
import { ERROR_CATALOGUE, type ErrorCode, type ErrorIssue } from '../../../common/errors/index.js';

/** Error body of the admin API: `application/problem+json` (RFC 9457) with our stable code. */
export interface Problem {
  /** Names the kind of error; the same for the same code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What went wrong here, and what to do. */
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  /** Field by field, relative to the body; absent when no field is to blame. */
  readonly issues?: readonly ErrorIssue[];
}

/** A body of a megabyte can be wrong in a hundred thousand places; nobody reads more than these. */
const MAX_ISSUES = 100;
const MAX_TEXT = 1_000;

export interface ProblemCause {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly issues?: readonly ErrorIssue[];
}

export function problemOf(cause: ProblemCause, requestId: string): Problem {
  const { status } = ERROR_CATALOGUE[cause.code];
  const issues = shortIssues(cause.issues ?? []);
  return {
    type: `urn:velocity:error:${cause.code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: shortText(cause.detail),
    code: cause.code,
    requestId,
    ...(issues.length > 0 ? { issues } : {}),
  };
}

function shortIssues(issues: readonly ErrorIssue[]): readonly ErrorIssue[] {
  const shown = issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => ({ path: shortText(path), message: shortText(message) }));
  const hidden = issues.length - shown.length;
  return hidden > 0 ? [...shown, { path: '', message: `and ${hidden} more` }] : shown;
}

/** A token that was sent in the wrong place must not come back in the answer; half of one neither. */
function shortText(text: string): string {
  const clean = withoutTokens(text);
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}...` : clean;
}
