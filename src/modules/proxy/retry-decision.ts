import type { AttemptOutcome, DropReason } from '../../common/contract/index.js';
import type { AttemptFailure, Exchange } from './exchange.js';

/** Methods whose repetition changes nothing more than the first request did (RFC 9110 section 9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** The one place that decides whether another backend is tried. */
export function mayRetry(exchange: Exchange, failure: AttemptFailure): boolean {
  return hasAttemptsLeft(exchange) && !exchange.hasResponseStarted && isSafeToRepeat(exchange, failure);
}

/** `retries.attempts` counts the tries after the first one. */
function hasAttemptsLeft(exchange: Exchange): boolean {
  return exchange.attempts.length <= exchange.retries.attempts;
}

function isSafeToRepeat(exchange: Exchange, failure: AttemptFailure): boolean {
  if (failure.retry === 'always') return true;
  return failure.retry === 'idempotent' && IDEMPOTENT.has(exchange.head.method);
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
};

/** Reasons for which the balancer ends a response that has begun. What else ends one, a backend or a client does. */
export const ENDS_RESPONSES: ReadonlySet<DropReason> = new Set([
  'response_stalled',
  'client_stalled',
  'tunnel_idle',
  'request_timeout',
  'shutting_down',
]);

/** Whether an attempt's end speaks against its backend: not when the client left or stopped sending, or when we ended it. */
export function isBackendsFault(outcome: AttemptOutcome): boolean {
  switch (outcome) {
    case 'ok':
    case 'client_closed':
    case 'body_timeout':
    case 'shutting_down':
    case 'internal_error':
      return false;
    default:
      return true;
  }
}

/** How the running attempt is recorded when the exchange is dropped for a reason that it did not report itself. */
export function outcomeOfReason(reason: DropReason, hasResponseStarted: boolean): AttemptOutcome {
  switch (reason) {
    // Whatever had come by then: the balancer ended it.
    case 'shutting_down':
    case 'internal_error':
      return reason;
    case 'response_stalled':
      return 'response_timeout';
    case 'client_stalled':
      return 'client_closed';
    // Both sides were content to say nothing.
    case 'tunnel_idle':
      return 'ok';
  }
  if (hasResponseStarted) return reason === 'request_timeout' ? reason : 'truncated';
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
