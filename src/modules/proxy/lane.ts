import type { DropReason, LaneName } from '../../common/contract/index.js';

/**
 * The byte side of one exchange at a time: an object that a lane makes per request, or keeps per connection. The pipeline
 * decides, the session carries out; neither call may wait, and an error it throws ends the exchange as `internal_error`.
 *
 * After `attempt` the session reports to the pipeline, in this order: `responseStarted` as soon as the response head
 * goes to the client, `completed` when the last byte has been handed to the kernel; or, at any point, `attemptFailed` once.
 */
export interface LaneSession {
  readonly lane: LaneName;
  /** Connects to the exchange's backend, sends the request, relays the response. Called again for each retry. */
  attempt(): void;
  /** It waits before its next attempt: nothing is taken from the client until then, and the whole exchange has its limit. */
  park(): void;
  /** Gives up a running attempt, then answers the client, or closes when nothing can be said any more. */
  refuse(reason: DropReason): void;
  /** Attempts beside the first; undefined: this session has none. */
  readonly hedging?: HedgingSession;
}

/**
 * How a session has a second attempt run beside its own. It reports `hedgeWon` to the pipeline with the first that comes of
 * an answer, and goes on as with an attempt of its own; or `hedgeFailed` once.
 */
export interface HedgingSession {
  /** Whether the request can be sent twice at once: it has no body. */
  readonly isPossible: boolean;
  /** Connects to the backend of `exchange.hedge` and sends the request. */
  start(): void;
  /** Gives it up. */
  abandon(): void;
  /** It is the session's own attempt from now on; the one that was is given up, if it still runs. */
  promote(): void;
}
