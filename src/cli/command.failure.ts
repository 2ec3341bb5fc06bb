import type { ErrorIssue } from '../common/errors/index.js';
import { ExitCode } from './exit-code.js';

export interface FailureDetails {
  /** Default: failed. */
  readonly exitCode?: number;
  /** What to do about it, one line each. */
  readonly advice?: readonly string[];
  /** Field by field, or line by line of a file. */
  readonly issues?: readonly ErrorIssue[];
  /** Stable, for programs: of the admin API, or `UNREACHABLE`, `USAGE` and the like. */
  readonly code?: string;
  /** HTTP status of the admin API. */
  readonly status?: number;
  readonly cause?: unknown;
}

/** Why a command did not do what it was asked to: said on standard error, and as the exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  readonly advice: readonly string[];
  readonly issues: readonly ErrorIssue[];
  readonly code: string;
  readonly status: number | undefined;

  constructor(message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'CommandFailure';
    this.exitCode = details.exitCode ?? ExitCode.failed;
    this.advice = details.advice ?? [];
    this.issues = details.issues ?? [];
    this.code = details.code ?? 'FAILED';
    this.status = details.status;
  }
}

/** The arguments do not fit together, or one of them cannot be read. */
export function usageFailure(message: string, advice: readonly string[] = []): CommandFailure {
  return new CommandFailure(message, { exitCode: ExitCode.invalid, code: 'USAGE', advice });
}
