import type { RetrySettings } from '../../contract/snapshot.js';
import { BUILT_IN } from '../built-in-defaults.js';
import type { RetriesInput } from '../schema/retries.schema.js';
import { parseDuration } from '../units/duration.js';
import { parsePercent } from '../units/percent.js';
import { parseSize } from '../units/size.js';

/** Key by key, inside of `backoff` and `budget` too: the service's own, else the defaults', else the built-in. */
export function resolveRetries(own: RetriesInput = {}, inherited: RetriesInput = {}): RetrySettings {
  const { attempts, statuses, perTry, body, hedge, backoff, budget } = mergeRetries(own, inherited);
  const hedging = hedge === undefined || hedge === 'off' ? null : hedge;
  return {
    attempts: attempts ?? BUILT_IN.retries.attempts,
    backoffBaseMs: resolved(parseDuration(backoff?.base ?? BUILT_IN.retries.backoff.base)),
    backoffMaxMs: resolved(parseDuration(backoff?.max ?? BUILT_IN.retries.backoff.max)),
    statuses: (statuses ?? []).toSorted((a, b) => a - b),
    perTryMs: resolved(parseDuration(perTry ?? BUILT_IN.retries.perTry)),
    bodyBytes: resolved(parseSize(body ?? BUILT_IN.retries.body)),
    budgetPercent: resolved(parsePercent(budget?.share ?? BUILT_IN.retries.budget.share)),
    budgetMinPerSecond: budget?.minPerSecond ?? BUILT_IN.retries.budget.minPerSecond,
    hedgeAfterMs: hedging === null ? 0 : resolved(parseDuration(hedging.after)),
    hedgeAttempts: hedging === null ? 0 : (hedging.attempts ?? BUILT_IN.retries.hedgeAttempts),
  };
}

/** As written: what the one says, and what the other says beside it. `hedge` and `statuses` are taken as a whole. */
export function mergeRetries(own: RetriesInput, inherited: RetriesInput): RetriesInput {
  return {
    ...inherited,
    ...own,
    backoff: { ...inherited.backoff, ...own.backoff },
    budget: { ...inherited.budget, ...own.budget },
  };
}

/** A value that validation has accepted. */
function resolved(value: number | null): number {
  if (value === null) throw new TypeError('not validated');
  return value;
}
