import { ERROR_CATALOGUE, type ErrorCode } from './catalogue.js';

/**
 * An expected failure of the control plane. The code decides everything that callers branch on;
 * classes do not survive a thread border, codes do.
 */
export class VelocityError extends Error {
  readonly code: ErrorCode;
  /** What was wrong, field by field; paths as in the configuration, such as `services[0].backends[1].url`. */
  readonly issues: readonly ErrorIssue[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { issues?: readonly ErrorIssue[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'VelocityError';
    this.code = code;
    this.issues = options.issues ?? [];
  }

  /** HTTP status of the admin API for this error. */
  get status(): number {
    return ERROR_CATALOGUE[this.code].status;
  }

  /** Whether the same call may succeed later, unchanged. */
  get retryable(): boolean {
    return ERROR_CATALOGUE[this.code].retryable;
  }
}

export interface ErrorIssue {
  readonly path: string;
  readonly message: string;
  /** Where it stands, for issues in a file; line and column count from 1. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export function isVelocityError(error: unknown, code?: ErrorCode): error is VelocityError {
  return error instanceof VelocityError && (code === undefined || error.code === code);
}
