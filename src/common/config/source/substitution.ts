import { shortened } from '../issues/config-issue.js';
import { CLOSED_ENVIRONMENT, type Environment } from './environment.js';

/** `$${` (kept as `${`), `${NAME}`, `${NAME:-default}`, or a `${` that is none of these. */
const PLACEHOLDER = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|([^}]*\}?))/g;
const WHOLE = /^\$\{[^}]*\}$/;

export interface Substitution {
  readonly text: string;
  /** Whether the value was one placeholder and nothing else, so that it may also stand for a number or true and false. */
  readonly whole: boolean;
  readonly problems: readonly string[];
}

/** Whether the text has anything to replace. */
export function hasPlaceholder(text: string): boolean {
  return text.includes('${');
}

/**
 * Replaces the placeholders of one text. The default counts when the variable is not set or empty, as in a shell.
 * What comes out is not looked at again, so a variable cannot bring in another one.
 */
export function substitute(source: string, environment: Environment): Substitution {
  const problems: string[] = [];
  const text = source.replace(PLACEHOLDER, (found, name?: string, fallback?: string, malformed?: string) => {
    if (malformed !== undefined) {
      problems.push(
        `has "${shortened(found, 30)}", which is no placeholder: write \${NAME}, \${NAME:-default}, or $\${ for the characters themselves`,
      );
      return found;
    }
    if (name === undefined) return '${';
    if (environment === CLOSED_ENVIRONMENT) {
      problems.push(
        `has the placeholder ${shortened(found, 30)}, and none is replaced here: write the value`,
      );
      return found;
    }
    const value = environment[name];
    if (fallback !== undefined) return value || fallback;
    if (value === undefined)
      problems.push(
        `needs the environment variable ${name}, which is not set: set it, or write \${${name}:-default}`,
      );
    return value ?? '';
  });
  return { text, whole: WHOLE.test(source), problems };
}

/** What a substituted text stands for where a text is not allowed; the text itself when it is no number or boolean. */
export function coerced(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
