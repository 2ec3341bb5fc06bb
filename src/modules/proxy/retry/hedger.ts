import { type AttemptOutcome, monotonicMs } from '../../../common/contract/index.js';
import { type Balancer, Prospect } from '../../balancer/index.js';
import { DeadlineTicker, type Timed } from '../deadline.ticker.js';
import type { DecisionTracer } from '../decision/decision.tracer.js';
import type { ExchangeLedger } from '../exchange-ledger.js';
import type { Exchange, HedgeAttempt } from '../exchange.js';
import { isIdempotent } from '../retry-decision.js';
import type { Retrier } from './retrier.js';

/** Second attempts begin at most so much late. */
const RESOLUTION_MS = 5;

/** What of a pipeline hedging needs. */
export interface HedgeFlow {
  /** Records the end of the exchange's present attempt and gives back what it holds. */
  endAttempt(exchange: Exchange, outcome: AttemptOutcome, nowMs: number): void;
  failed(exchange: Exchange, error: unknown): void;
}

/**
 * Has a second backend asked beside the first when that is slow (J. Dean, L. A. Barroso, "The Tail at Scale", 2013). One runs
 * beside another at most. The exchange's own fields are those of the attempt that would go on; the other's are in `hedge`.
 */
export class Hedger {
  private readonly ticker = new DeadlineTicker(RESOLUTION_MS);

  constructor(
    private readonly flow: HedgeFlow,
    private readonly parts: {
      readonly balancer: Balancer;
      readonly ledger: ExchangeLedger;
      readonly retrier: Retrier;
      readonly decisions: DecisionTracer;
    },
  ) {}

  /** An attempt begins, or runs alone again. Nothing happens where the service does not hedge. */
  watch(exchange: Exchange): void {
    const { hedgeAttempts, hedgeAfterMs } = exchange.retries;
    if (exchange.hedgesMade >= hedgeAttempts || !isIdempotent(exchange)) return;
    if (exchange.session.hedging === undefined) return;
    this.unwatch(exchange);
    exchange.hedgeTimer = new HedgeTimer(exchange, monotonicMs() + hedgeAfterMs, this);
    this.ticker.add(exchange.hedgeTimer);
  }

  /** The attempt beside the present one, if there is one, is given up. */
  settle(exchange: Exchange, nowMs: number): void {
    this.unwatch(exchange);
    if (exchange.hedge === null) return;
    exchange.session.hedging!.abandon();
    this.endBeside(exchange, 'hedged', nowMs);
  }

  /** The present attempt has ended; whether the one beside it goes on in its place. */
  takesOver(exchange: Exchange): boolean {
    this.unwatch(exchange);
    const { hedge } = exchange;
    if (hedge === null) return false;
    this.moveIn(exchange, hedge);
    this.watch(exchange);
    return true;
  }

  /** The attempt beside the present one is answered first. */
  won(exchange: Exchange): void {
    const { hedge } = exchange;
    if (hedge === null) return;
    this.unwatch(exchange);
    this.flow.endAttempt(exchange, 'hedged', monotonicMs());
    this.moveIn(exchange, hedge);
    this.parts.retrier.hedgeWon(exchange);
  }

  /** It came to nothing: the present attempt is alone again. */
  failed(exchange: Exchange, outcome: AttemptOutcome): void {
    if (exchange.hedge === null) return;
    this.endBeside(exchange, outcome, monotonicMs());
    this.watch(exchange);
  }

  /** For {@link HedgeTimer}. */
  begin(exchange: Exchange): void {
    this.unwatch(exchange);
    try {
      if (this.isWanted(exchange)) this.start(exchange);
    } catch (error) {
      this.flow.failed(exchange, error);
    }
  }

  private isWanted(exchange: Exchange): boolean {
    if (!exchange.isAttempting || exchange.hasResponseStarted || exchange.hedge !== null) return false;
    if (!exchange.session.hedging!.isPossible) return false;
    const { balancer, retrier } = this.parts;
    // Twice to the same backend would only double its work.
    const isElsewhere = balancer.prospectOf(exchange.service!, exchange.tried) === Prospect.other;
    return isElsewhere && retrier.grantHedge(exchange);
  }

  private start(exchange: Exchange): void {
    const { affinity, affinityCookie } = exchange;
    // A trial is judged by its answer, which nobody may wait for here.
    exchange.takesTrials = false;
    this.parts.decisions.begin(exchange, 'hedge');
    const backend = this.parts.balancer.pick(exchange.service!, exchange);
    exchange.takesTrials = true;
    if (backend === null) return;
    exchange.hedgesMade++;
    exchange.tried.push(backend);
    exchange.hedge = {
      backend,
      attemptStartedMs: monotonicMs(),
      connectedMs: 0,
      affinity: exchange.affinity,
      affinityCookie: exchange.affinityCookie,
      isTrial: false,
    };
    exchange.affinity = affinity;
    exchange.affinityCookie = affinityCookie;
    this.parts.ledger.attempted(backend.snapshot.slot);
    exchange.session.hedging!.start();
  }

  private endBeside(exchange: Exchange, outcome: AttemptOutcome, nowMs: number): void {
    const hedge = exchange.hedge!;
    const present: HedgeAttempt = {
      backend: exchange.backend!,
      attemptStartedMs: exchange.attemptStartedMs,
      connectedMs: exchange.connectedMs,
      affinity: exchange.affinity,
      affinityCookie: exchange.affinityCookie,
      isTrial: exchange.isTrial,
    };
    const { isAttempting } = exchange;
    exchange.hedge = null;
    exchange.isAttempting = true;
    assume(exchange, hedge);
    this.flow.endAttempt(exchange, outcome, nowMs);
    assume(exchange, present);
    exchange.isAttempting = isAttempting;
  }

  private moveIn(exchange: Exchange, hedge: HedgeAttempt): void {
    exchange.hedge = null;
    assume(exchange, hedge);
    exchange.isAttempting = true;
    exchange.session.hedging!.promote();
  }

  private unwatch(exchange: Exchange): void {
    if (exchange.hedgeTimer === null) return;
    this.ticker.remove(exchange.hedgeTimer);
    exchange.hedgeTimer = null;
  }
}

class HedgeTimer implements Timed {
  constructor(
    private readonly exchange: Exchange,
    public deadlineMs: number,
    private readonly hedger: Hedger,
  ) {}

  onDeadline(): void {
    this.hedger.begin(this.exchange);
  }
}

function assume(exchange: Exchange, attempt: HedgeAttempt): void {
  exchange.backend = attempt.backend;
  exchange.attemptStartedMs = attempt.attemptStartedMs;
  exchange.connectedMs = attempt.connectedMs;
  exchange.affinity = attempt.affinity;
  exchange.affinityCookie = attempt.affinityCookie;
  exchange.isTrial = attempt.isTrial;
}
