import { type AttemptOutcome, type CircuitSettings, Verdict } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import { isBackendsFault } from '../retry-decision.js';

const SWITCHING_PROTOCOLS = 101;
const NOT_IMPLEMENTED = 501;
const VERSION_NOT_SUPPORTED = 505;

/**
 * A response that speaks against its backend: 500 to 599, but for 501 and 505, which tell a client that it asked for
 * something this server never does (RFC 9110 sections 15.6.2 and 15.6.6): any client could produce those at will.
 */
export function isFailureStatus(status: number): boolean {
  return status >= 500 && status !== NOT_IMPLEMENTED && status !== VERSION_NOT_SUPPORTED;
}

/** Whether the head of the response says all: it is a failure, or a tunnel, which may end in hours. */
export function isDecidedByHead(status: number): boolean {
  return status === SWITCHING_PROTOCOLS || isFailureStatus(status);
}

/** What a response head says about who sent it. */
export function verdictOfStatus(status: number): Verdict {
  return isFailureStatus(status) ? Verdict.failure : Verdict.success;
}

/** What the end of an attempt says about its backend: nothing when the client, its body or we ended it. */
export function verdictOfOutcome(exchange: Exchange, outcome: AttemptOutcome): Verdict {
  // One that was thrown away for another try says what it would have said to the client.
  if (outcome === 'ok' || outcome === 'bad_status') return verdictOfStatus(exchange.status);
  if (!isBackendsFault(outcome)) return Verdict.neutral;
  // The time of the whole exchange also runs while a client sends its body, or takes the response, as slowly as it likes.
  if (outcome === 'request_timeout') {
    return exchange.hasResponseStarted || exchange.hasBody ? Verdict.neutral : Verdict.failure;
  }
  return Verdict.failure;
}

/**
 * Whether a response head that came after `waitedMs`, or did not come for so long, makes the call a slow one. A request
 * with a body never does: how fast it is sent is up to the client.
 */
export function isSlowCall(
  exchange: Exchange,
  { slowPercent, slowMs }: CircuitSettings,
  waitedMs: number,
): boolean {
  return slowPercent > 0 && waitedMs > slowMs && !exchange.hasBody;
}
