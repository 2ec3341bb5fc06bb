import type { CircuitStateName } from '../../common/contract/index.js';

/** What live traffic did to a backend. */
export interface BackendOutage {
  /** Unix milliseconds until when it is ejected; null: it is not. */
  readonly ejectedUntil: number | null;
  readonly breaker: CircuitStateName;
  /** Whether either keeps it out of rotation: not in shadow. */
  readonly isOut: boolean;
}
