/** `problem`: does harm now. `notice`: may do harm, or should be known. */
export type Level = 'ok' | 'notice' | 'problem';

/** One result of an examination. */
export interface Finding {
  readonly level: Level;
  /** What was looked at, in a word. */
  readonly subject: string;
  /** What was found, and why it matters. */
  readonly what: string;
  /** What to do; empty: nothing. */
  readonly advice: string;
}

export const ok = (subject: string, what: string): Finding => ({ level: 'ok', subject, what, advice: '' });

export const notice = (subject: string, what: string, advice = ''): Finding => ({
  level: 'notice',
  subject,
  what,
  advice,
});

export const problem = (subject: string, what: string, advice = ''): Finding => ({
  level: 'problem',
  subject,
  what,
  advice,
});
