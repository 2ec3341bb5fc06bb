import { useEffect, useState } from 'react';
import { apiErrorOf, call } from '../../api/api';
import type { Plan, Problem } from '../../api/types';

export type Issue = NonNullable<Problem['issues']>[number];

/** What the balancer says of a text. */
export interface Check {
  /** `old`: the text has changed since. */
  readonly phase: 'old' | 'valid' | 'invalid' | 'unknown';
  readonly issues: readonly Issue[];
  /** Why it is refused, or could not be checked; empty otherwise. */
  readonly problem: string;
  /** What would change; of a valid text. */
  readonly changes: readonly string[];
  readonly notices: readonly string[];
}

const TYPING_MS = 400;
/** Nothing is replayed for a check: that takes longer than typing. */
const CHECK_PATH = '/api/v1/plan?mode=replace&replay=0';
const NOTHING: Omit<Check, 'phase'> = { issues: [], problem: '', changes: [], notices: [] };

/** Lets the balancer check a text when the typing pauses. */
export function useCheck(text: string): Check {
  const [known, setKnown] = useState<Check & { of: string | null }>({ phase: 'old', of: null, ...NOTHING });
  useEffect(() => {
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      check(text, abort.signal).then(
        (found) => setKnown({ ...found, of: text }),
        () => undefined,
      );
    }, TYPING_MS);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  // What is known of another text stays in sight until that of this one comes.
  return known.of === text ? known : { ...known, phase: 'old' };
}

/** Rejects when the signal does. */
async function check(text: string, signal: AbortSignal): Promise<Check> {
  try {
    const { body } = await call<Plan>('POST', CHECK_PATH, { body: text, signal });
    return { ...NOTHING, phase: 'valid', changes: body.changes, notices: body.notices };
  } catch (error) {
    if (signal.aborted) throw error;
    const failure = apiErrorOf(error);
    const isRefused = failure.status >= 400 && failure.status < 500;
    return {
      ...NOTHING,
      phase: isRefused ? 'invalid' : 'unknown',
      problem: failure.message,
      issues: failure.issues,
    };
  }
}
