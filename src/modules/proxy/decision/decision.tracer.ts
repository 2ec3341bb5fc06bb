import {
  DECISION_LIMITS,
  type DecisionCause,
  type DecisionRecord,
  type PickKind,
  type Snapshot,
} from '../../../common/contract/index.js';
import { type Balancer, PickTrace } from '../../balancer/index.js';
import type { Exchange } from '../exchange.js';
import { decisionOf } from './decision.builder.js';
import { giveBackLimitTrace } from './limit.trace.js';

/**
 * Has every exchange leave how it was decided, and makes a record of it at the end where somebody may ask: of drops, errors,
 * retries, slow exchanges and a share of the others. Traces are lent and taken back; the rest of the exchanges cost that.
 */
export class DecisionTracer {
  private free: PickTrace | null = null;
  private sample = DEFAULT_SAMPLE;
  private slowMs = DEFAULT_SLOW_MS;

  constructor(private readonly balancer: Balancer) {}

  use({ decisions }: Snapshot): void {
    this.sample = decisions.sample;
    this.slowMs = decisions.slowMs;
  }

  /** A backend is about to be picked for the exchange. Beyond the most that a record holds, the last trace is written over. */
  begin(exchange: Exchange, kind: PickKind): void {
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

  /** The exchange is over: its decision, null where nobody needs it. */
  end(exchange: Exchange, nowMs: number): DecisionRecord | null {
    const cause = this.causeOf(exchange, nowMs);
    const decision = cause === null ? null : decisionOf(exchange, cause, this.balancer);
    this.giveBack(exchange);
    return decision;
  }

  private causeOf(exchange: Exchange, nowMs: number): DecisionCause | null {
    if (exchange.dropReason !== null) return 'drop';
    if (exchange.fallbackFrom !== null) return 'fallback';
    const { attempts } = exchange;
    if (exchange.status >= 500 || (attempts.length === 1 && attempts[0]!.outcome !== 'ok')) return 'error';
    if (attempts.length > 1) return 'retry';
    // A tunnel is not slow because it is used for long.
    const endMs = exchange.status === SWITCHING_PROTOCOLS ? exchange.firstByteMs : nowMs;
    if (endMs - exchange.startedMs >= this.slowMs) return 'slow';
    return this.sample > 0 && Math.random() < this.sample ? 'sample' : null;
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

const SWITCHING_PROTOCOLS = 101;

/** Before the first snapshot. */
const DEFAULT_SAMPLE = 0;
const DEFAULT_SLOW_MS = 1_000;

/** In place of one that was taken back. */
const NOBODYS = new PickTrace();
