import type { ErrorIssue } from '../../errors/index.js';

/** Steps from the root of the configuration, or of an API body, to a value. */
export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong, before it is known where in a file it stands. */
export interface ConfigIssue {
  readonly path: ConfigPath;
  /** What is wrong and what to do, beginning so that it reads on after `path: `. */
  readonly message: string;
  /** Whether the key itself is meant rather than its value. */
  readonly atKey?: boolean;
}

/** The path as people write it: `services[0].backends[1].url`, `health.headers["X-A"]`; empty for the root. */
export function pathText(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(shortened(step))}]`;
  }
  return text;
}

/** For errors that stand in no file. */
export function toErrorIssues(issues: readonly ConfigIssue[]): ErrorIssue[] {
  return issues.map((issue) => ({ path: pathText(issue.path), message: issue.message }));
}

/** Text of a length that fits into a message. */
export function shortened(text: string, max = 80): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
