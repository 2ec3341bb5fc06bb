/** What happens after a failed attempt. */
export interface RetrySettings {
  /** Tries after the first one; 0: none, and the rest means nothing. */
  readonly attempts: number;
  /** Longest pause before the first of them; doubles with each. */
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  /** Statuses of a backend that are tried elsewhere, ascending; empty: none. */
  readonly statuses: readonly number[];
  /** One try to its response head, without the time that the request's body takes; 0: no limit of its own. */
  readonly perTryMs: number;
  /** Bytes of a request's body that are kept to be sent again; 0: none. */
  readonly bodyBytes: number;
  /** Further tries of 10 seconds, in percent of the requests of that time. */
  readonly budgetPercent: number;
  /** A tenth of what 10 seconds may have however few requests there are. */
  readonly budgetMinPerSecond: number;
  /** Time without a response head after which another backend is asked beside; 0: never. */
  readonly hedgeAfterMs: number;
  /** How many are; 0 when `hedgeAfterMs` is. */
  readonly hedgeAttempts: number;
}

/** Nothing is tried again. */
export const NO_RETRIES: RetrySettings = {
  attempts: 0,
  backoffBaseMs: 1,
  backoffMaxMs: 1,
  statuses: [],
  perTryMs: 0,
  bodyBytes: 0,
  budgetPercent: 0,
  budgetMinPerSecond: 0,
  hedgeAfterMs: 0,
  hedgeAttempts: 0,
};
