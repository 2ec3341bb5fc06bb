import type { RetrySettings } from '../../contract/snapshot.js';
import { BUILT_IN } from '../built-in-defaults.js';
import type { RetriesInput } from '../schema/retries.schema.js';
import { milliseconds } from '../units/duration.js';
import { percentage } from '../units/percent.js';
import { bytes } from '../units/size.js';

/**
 * Key by key, inside of `backoff` and `budget` too: the service's own, else the defaults', else the built-in. `hedge` and
 * `statuses` are taken as a whole.
 */
export function resolveRetries(own: RetriesInput = {}, inherited: RetriesInput = {}): RetrySettings {
  const { retries } = BUILT_IN;
  const { attempts, statuses, perTry, body, hedge } = { ...retries, ...inherited, ...own };
  const backoff = { ...retries.backoff, ...inherited.backoff, ...own.backoff };
  const budget = { ...retries.budget, ...inherited.budget, ...own.budget };
  return {
    attempts,
    backoffBaseMs: milliseconds(backoff.base),
    backoffMaxMs: milliseconds(backoff.max),
    statuses: statuses.toSorted((a, b) => a - b),
    perTryMs: milliseconds(perTry),
    bodyBytes: bytes(body),
    budgetPercent: percentage(budget.share),
    budgetMinPerSecond: budget.minPerSecond,
    hedgeAfterMs: hedge === 'off' ? 0 : milliseconds(hedge.after),
    hedgeAttempts: hedge === 'off' ? 0 : (hedge.attempts ?? retries.hedgeAttempts),
  };
}
