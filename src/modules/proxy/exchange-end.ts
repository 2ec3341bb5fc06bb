import { type DropReason, DROP_REASONS, monotonicMs } from '../../common/contract/index.js';
import type { AttemptFailure, Exchange } from './exchange.js';
import { ENDS_RESPONSES, REASON_OF_OUTCOME } from './retry-decision.js';

/* What is written into an exchange when it, or an attempt of it, is over. */

/** Its attempt is recorded with what it was answered. Always false. */
export function rejects(exchange: Exchange, status: number): false {
  exchange.status = status;
  exchange.firstByteMs = monotonicMs();
  return false;
}

/** What an exchange is dropped for that was to be tried again and finds no backend. */
export function reasonOfLast(exchange: Exchange): DropReason {
  return REASON_OF_OUTCOME[exchange.attempts.at(-1)!.outcome as AttemptFailure['outcome']];
}

/** Nobody will send it again. */
export function forgetBody(exchange: Exchange): void {
  exchange.keptBodyBytes = 0;
  if (exchange.replay === null) return;
  exchange.replay.release();
  exchange.replay = null;
}

/** The status stays what the client was told, when it was told one. */
export function mark(exchange: Exchange, reason: DropReason): void {
  if (exchange.hasResponseStarted && !ENDS_RESPONSES.has(reason)) return;
  exchange.dropReason = reason;
  if (exchange.hasResponseStarted) return;
  exchange.status = exchange.answer === null ? DROP_REASONS[reason].status : exchange.answer.status;
}
