import type { ServiceTimeouts } from '../../common/contract/index.js';
import type { AttemptFailure, Exchange } from './exchange.js';
import type { Pipeline } from './pipeline.js';

/** What an exchange waits for, and so what its present deadline means. */
export const Waiting = {
  nothing: 0,
  connection: 1,
  body: 2,
  response: 3,
  backend: 4,
  client: 5,
  turn: 6,
} as const;
export type Waiting = (typeof Waiting)[keyof typeof Waiting];

/** Until when an exchange that waits for this from `nowMs` on may wait; Infinity: the service sets no limit. */
export function waitsUntil(exchange: Exchange, waiting: Waiting, nowMs: number): number {
  const limitMs = limitOf(exchange.timeouts, waiting);
  return limitMs === 0 ? Infinity : nowMs + limitMs;
}

/**
 * Until when an attempt must have its response head, when it begins to wait for this at `nowMs`. While the client still has to
 * send its body no time counts: that is not the backend's.
 *
 * @param untilMs What was said of this attempt before; Infinity: nothing yet.
 */
export function tryUntil(exchange: Exchange, waiting: Waiting, nowMs: number, untilMs: number): number {
  const { perTryMs } = exchange.retries;
  if (perTryMs === 0 || (waiting !== Waiting.connection && waiting !== Waiting.response)) return Infinity;
  return untilMs === Infinity ? nowMs + perTryMs : untilMs;
}

/** The setting that limits a wait, milliseconds; 0: none does. */
function limitOf(timeouts: ServiceTimeouts, waiting: Waiting): number {
  switch (waiting) {
    case Waiting.connection:
      return timeouts.connectMs;
    case Waiting.body:
    case Waiting.client:
      return timeouts.bodyMs;
    case Waiting.response:
    case Waiting.backend:
      return timeouts.responseMs;
    default:
      return 0;
  }
}

/** Whoever waits, as the end of the wait concerns it. */
export interface WaitingSession {
  readonly exchange: Exchange;
  /** Whether the request can be sent again. */
  readonly isRepeatable: boolean;
  /** The running attempt, if there is one, came to nothing. */
  fail(failure: AttemptFailure): void;
  /** Closes the client's connection at once. */
  cut(): void;
}

/** A session has waited for as long as it may. */
export function timeOut(session: WaitingSession, waiting: Waiting, pipeline: Pipeline): void {
  switch (waiting) {
    case Waiting.connection:
      return session.fail({ outcome: 'connect_timeout', retry: 'always' });
    case Waiting.body:
      return pipeline.drop(session.exchange, 'body_timeout');
    case Waiting.response:
    case Waiting.backend:
      return session.fail({
        outcome: 'response_timeout',
        retry: session.isRepeatable ? 'idempotent' : 'never',
      });
    case Waiting.client:
      return session.cut();
  }
}

/** A client that does not even take a refusal is cut off after this time. */
export const REFUSAL_LIMIT_MS = 10_000;

/** For so long the other side may still send, or read, when everything has been said; then the connection is cut. */
export const LINGER_MS = 5_000;
