import type { AttemptOutcome, DropReason } from '../../common/contract/index.js';
import type { AttemptFailure, Exchange } from './exchange.js';

/** Methods whose repetition changes nothing more than the first request did (RFC 9110 section 9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** The one place that decides whether another try is allowed, apart from the budget. */
export function mayRetry(exchange: Exchange, failure: AttemptFailure): boolean {
  return hasAttemptsLeft(exchange) && !exchange.hasResponseStarted && isSafeToRepeat(exchange, failure);
}

/** Whether repeating the exchange changes nothing more than serving it once. */
export function isIdempotent(exchange: Exchange): boolean {
  return IDEMPOTENT.has(exchange.head.method);
}

/** Whether the service has a status of a backend tried elsewhere. Ascending and short: found sooner than in a set. */
export function isRetriedStatus(exchange: Exchange, status: number): boolean {
  const { statuses } = exchange.retries;
  return statuses.length > 0 && statuses.includes(status);
}

/**
 * Whether the first further try may go at once: elsewhere, and the failure tells nothing of how much work there is. Nothing
 * had been sent, or the backend had closed the idle connection that was used again.
 */
export function maySkipPause(exchange: Exchange, failure: AttemptFailure): boolean {
  const wasReused = exchange.connectedMs !== 0 && exchange.connectedMs === exchange.attemptStartedMs;
  return failure.retry === 'always' || (failure.outcome === 'reset' && wasReused);
}

/** `retries.attempts` counts the tries after the first one; hedges do not count. */
function hasAttemptsLeft(exchange: Exchange): boolean {
  return exchange.retriesMade < exchange.retries.attempts;
}

function isSafeToRepeat(exchange: Exchange, failure: AttemptFailure): boolean {
  if (failure.retry === 'always') return true;
  return failure.retry === 'idempotent' && isIdempotent(exchange);
}

/** What an exchange is dropped for when its last attempt failed this way. */
export const REASON_OF_OUTCOME: Readonly<Record<AttemptFailure['outcome'], DropReason>> = {
  connect_failed: 'connect_failed',
  connect_timeout: 'connect_timeout',
  reset: 'bad_response',
  bad_response: 'bad_response',
  truncated: 'bad_response',
  response_timeout: 'response_timeout',
  request_timeout: 'request_timeout',
  body_timeout: 'body_timeout',
  client_closed: 'client_closed',
  shutting_down: 'shutting_down',
  internal_error: 'internal_error',
  bad_status: 'bad_response',
  hedged: 'bad_response',
};

/**
 * Whether an attempt's end speaks against its backend: not when the client left or stopped sending, or when we ended it. Being
 * slower than another one is no fault either.
 */
export function isBackendsFault(outcome: AttemptOutcome): boolean {
  switch (outcome) {
    case 'ok':
    case 'client_closed':
    case 'body_timeout':
    case 'shutting_down':
    case 'internal_error':
    case 'hedged':
      return false;
    default:
      return true;
  }
}

/** How the running attempt is recorded when the exchange is dropped for a reason that it did not report itself. */
export function outcomeOfReason(reason: DropReason, hasResponseStarted: boolean): AttemptFailure['outcome'] {
  // Whatever had come by then: the balancer ended it.
  if (reason === 'shutting_down' || reason === 'internal_error') return reason;
  if (hasResponseStarted) return 'truncated';
  switch (reason) {
    case 'request_timeout':
    case 'body_timeout':
    case 'response_timeout':
    case 'client_closed':
      return reason;
    // The client's request turned out to be broken while it was being sent.
    case 'bad_request':
      return 'client_closed';
    default:
      return 'reset';
  }
}
