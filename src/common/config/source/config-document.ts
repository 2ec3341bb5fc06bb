import type { ConfigIssue } from '../issues/config-issue.js';
import type { ReadProblem } from './yaml-reader.js';

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML (or JSON) text as plain data, which still knows where each value stands. */
export interface ConfigDocument {
  /** undefined: the text is empty, or has problems that leave nothing to look at. */
  readonly value: unknown;
  readonly problems: readonly (ReadProblem & Position)[];
  /** Paths, as JSON text, of values that were one placeholder and nothing else. */
  readonly wholePlaceholders: ReadonlySet<string>;
  /** Where the value, or its key, stands; what is missing is at the place of the nearest thing that contains it. */
  locate(issue: Pick<ConfigIssue, 'path' | 'atKey'>): Position;
}
