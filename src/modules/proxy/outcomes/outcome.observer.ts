import type { AttemptOutcome, Snapshot } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';

/** Is told how exchanges and their attempts go. Synchronous and cheap: it runs for every exchange. */
export interface OutcomeObserver {
  /** Observes by another snapshot from now on. */
  use?(snapshot: Snapshot): void;
  /** A response head goes to the client: `exchange.status`, after `latencyUs` of this attempt. */
  responded?(exchange: Exchange, latencyUs: number): void;
  /** An attempt is over; `exchange.backend` and `exchange.status` are its own. Also called for `ok`. */
  attemptEnded?(exchange: Exchange, outcome: AttemptOutcome, nowMs: number): void;
  /** An exchange is over, whatever way. */
  finished?(exchange: Exchange, nowMs: number): void;
}
