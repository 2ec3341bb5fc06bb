import {
  DECISION_LIMITS,
  type DecisionCause,
  type DecisionRecord,
  type PickKind,
} from '../../../common/contract/index.js';
import { type Balancer, PickTrace } from '../../balancer/index.js';
import type { Exchange, WaitingPlace } from '../exchange.js';
import { decisionOf } from './decision.builder.js';
import { giveBackLimitTrace } from './limit.trace.js';

/** Of which exchanges the decision is recorded, besides drops, errors and retries. */
export interface DecisionPolicy {
  /** What takes as long is slow, microseconds. */
  readonly slowestUs: number;
  /** Share of the ordinary ones, 0 to 1. */
  readonly decisionSample: number;
}

/**
 * Has every exchange leave how it was decided, and makes a record of it at the end where somebody may ask: of drops, errors,
 * retries, slow exchanges and a share of the others. Traces are lent and taken back; the rest of the exchanges cost that.
 */
export class DecisionTracer {
  private free: PickTrace | null = null;

  /** @param isOn false: nothing is recorded, so that nothing has to be told. */
  constructor(
    private readonly balancer: Balancer,
    private readonly isOn: boolean,
  ) {}

  /** A backend is about to be picked for the exchange. Beyond the most that a record holds, the last trace is written over. */
  begin(exchange: Exchange, kind: PickKind = kindOf(exchange)): void {
    if (!this.isOn) return;
    if (exchange.picksMade < DECISION_LIMITS.picks) {
      const trace = this.take();
      if (exchange.firstPick === null) exchange.firstPick = trace;
      else exchange.trace.next = trace;
      exchange.trace = trace;
    }
    exchange.picksMade++;
    exchange.trace.kind = kind;
    exchange.trace.begin(exchange.service!);
  }

  /** The exchange waits from now on. */
  queued(exchange: Exchange, { queuePlace }: WaitingPlace): void {
    if (queuePlace === undefined) return;
    exchange.queuePlace = queuePlace;
    exchange.queueAhead = Math.max(0, this.balancer.waitingAt(exchange.service!) - 1);
  }

  /** The exchange is over: its decision, null where nobody needs it. */
  end(exchange: Exchange, totalUs: number, policy: DecisionPolicy | null): DecisionRecord | null {
    const cause = policy === null ? null : causeOf(exchange, totalUs, policy);
    const decision = cause === null ? null : decisionOf(exchange, cause, this.balancer);
    this.giveBack(exchange);
    return decision;
  }

  private take(): PickTrace {
    const trace = this.free;
    if (trace === null) return new PickTrace();
    this.free = trace.next;
    trace.next = null;
    return trace;
  }

  private giveBack(exchange: Exchange): void {
    if (exchange.limitTrace !== null) giveBackLimitTrace(exchange.limitTrace);
    exchange.limitTrace = null;
    const { firstPick } = exchange;
    if (firstPick === null) return;
    // The last one of the exchange comes before what is free already.
    exchange.trace.next = this.free;
    this.free = firstPick;
    exchange.firstPick = null;
    exchange.trace = NOBODYS;
  }
}

function kindOf({ picksMade, attempts }: Exchange): PickKind {
  if (picksMade === 0) return 'first';
  return attempts.length > 0 ? 'retry' : 'again';
}

const SWITCHING_PROTOCOLS = 101;

function causeOf(exchange: Exchange, totalUs: number, policy: DecisionPolicy): DecisionCause | null {
  if (exchange.dropReason !== null) return 'drop';
  if (exchange.fallbackFrom !== null) return 'fallback';
  const { attempts, status } = exchange;
  if (status >= 500 || (attempts.length === 1 && attempts[0]!.outcome !== 'ok')) return 'error';
  if (attempts.length > 1) return 'retry';
  // A tunnel is not slow because it is used for long.
  if (totalUs >= policy.slowestUs && status !== SWITCHING_PROTOCOLS) return 'slow';
  return policy.decisionSample > 0 && Math.random() < policy.decisionSample ? 'sample' : null;
}

/** In place of one that was taken back. */
const NOBODYS = new PickTrace();
