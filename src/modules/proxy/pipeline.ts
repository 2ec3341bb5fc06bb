import {
  type AttemptOutcome,
  type DropReason,
  monotonicMs,
  type Snapshot,
} from '../../common/contract/index.js';
import { type BackendRuntime, type Balancer, Prospect } from '../balancer/index.js';
import { attemptRecordOf, microseconds } from './access-record.js';
import { CutTally } from './cut.tally.js';
import { DecisionTracer } from './decision/decision.tracer.js';
import { ExchangeDecider } from './exchange.decider.js';
import { forgetBody, mark, reasonOfLast, rejects } from './exchange-end.js';
import { ExchangeLedger } from './exchange-ledger.js';
import type { AttemptFailure, Exchange, WaitingPlace } from './exchange.js';
import type { PipelineParts } from './pipeline-parts.js';
import { ObserverList } from './outcomes/observer.list.js';
import { ExchangeScribe } from './record/exchange.scribe.js';
import { Fallback } from './policies/breaker/fallback.js';
import { type Gate, type GateFlow, WAITS } from './policies/gate.js';
import type { BackendWaits } from './queue/backend.waits.js';
import { type HedgeFlow, Hedger } from './retry/hedger.js';
import { Retrier } from './retry/retrier.js';
import { Tracer } from './tracing/tracer.js';
import {
  isBackendsFault,
  isIdempotent,
  isRetriedStatus,
  mayRepeatLater,
  mayRetry,
  outcomeOfReason,
  REASON_OF_OUTCOME,
} from './retry-decision.js';

/**
 * Moves exchanges through their phases, the same for every lane. Nothing here waits: a lane calls in when something
 * happened. Every exit goes through `finish`, once; whatever is reported about a finished exchange is ignored.
 */
export class Pipeline implements GateFlow, HedgeFlow {
  /** What the end of a drain has cut. */
  readonly cuts = new CutTally();
  private readonly ledger: ExchangeLedger;
  private readonly decider: ExchangeDecider;
  private readonly balancer: Balancer;
  private readonly gates: readonly Gate[];
  private readonly fallback: Fallback;
  private readonly observers: ObserverList;
  private readonly retrier: Retrier;
  private readonly waits: BackendWaits | null;
  private readonly hedger: Hedger;
  private readonly decisions: DecisionTracer;
  private readonly tracer: Tracer;
  private readonly scribe: ExchangeScribe | null;
  private running = 0;

  constructor(private readonly parts: PipelineParts) {
    this.ledger = new ExchangeLedger(parts.cells);
    this.balancer = parts.balancer;
    this.gates = parts.gates ?? [];
    this.fallback = new Fallback(parts.balancer, this.ledger);
    this.observers = new ObserverList(parts.observers ?? []);
    this.retrier = new Retrier(parts.cells, parts.retryBudget ?? null);
    this.waits = parts.waits ?? null;
    this.tracer = parts.tracer ?? new Tracer();
    const { balancer, ledger, retrier } = this;
    this.decisions = new DecisionTracer(balancer, parts.recorder !== null);
    const { decisions } = this;
    this.hedger = new Hedger(this, { balancer, ledger, retrier, decisions });
    this.decider = new ExchangeDecider(parts.balancer, parts.policies, this.ledger);
    this.scribe = ExchangeScribe.of(parts, decisions);
  }

  /** Exchanges that have been received and not finished. */
  get inFlight(): number {
    return this.running;
  }

  /** Runs on another snapshot from now on, the balancer included. Exchanges that run keep their service and backend. */
  use(snapshot: Snapshot): void {
    this.decider.use(snapshot);
    for (const gate of this.gates) gate.use?.(snapshot);
    this.observers.use(snapshot);
    this.scribe?.use(snapshot);
  }

  /** The life of an exchange whose head is complete, up to its first attempt. */
  start(exchange: Exchange): void {
    this.count();
    try {
      const refusal = this.decider.decide(exchange);
      this.tracer.begin(exchange);
      if (refusal !== null) this.drop(exchange, refusal);
      else this.advance(exchange);
    } catch (error) {
      this.failed(exchange, error);
    }
  }

  /** An exchange that waited goes on: from a gate to the next one, from elsewhere to its next attempt. */
  resume(exchange: Exchange): void {
    const { waitsAt } = exchange;
    if (exchange.isFinished || waitsAt === null) return;
    try {
      this.unpark(exchange, monotonicMs());
      // Backends that came while it waited are there for it, too.
      exchange.service = this.balancer.successorOf(exchange.service!);
      if (waitsAt === this.retrier) {
        this.retrier.abandon(exchange);
        return this.pick(exchange, reasonOfLast(exchange));
      }
      if (waitsAt === this.gates[exchange.gatesPassed]) exchange.gatesPassed++;
      this.advance(exchange);
    } catch (error) {
      this.failed(exchange, error);
    }
  }

  /** The short life of a request whose head the lane itself refused: too large, too slow, not HTTP. */
  refuse(exchange: Exchange, reason: DropReason): void {
    this.count();
    try {
      this.decider.identify(exchange);
      this.tracer.begin(exchange);
      this.drop(exchange, reason);
    } catch (error) {
      this.failed(exchange, error);
    }
  }

  /** The same when reading the head failed by an error nobody expected. */
  refuseFaulty(exchange: Exchange, error: unknown): void {
    this.parts.onError(error, exchange);
    this.refuse(exchange, 'internal_error');
  }

  /**
   * Whether the final response whose head has arrived goes to the client. Lanes ask before `responseStarted`; if it does not,
   * they throw it away and report the attempt as failed with `bad_status`.
   *
   * @param isRepeatable Whether the request can be sent again.
   */
  takesResponse(exchange: Exchange, status: number, isRepeatable: boolean): boolean {
    if (!isRetriedStatus(exchange, status) || exchange.isFinished || !exchange.isAttempting) return true;
    // The attempt beside it may do better.
    if (exchange.hedge !== null) return this.reject(exchange, status);
    if (!isRepeatable || !mayRetry(exchange, BAD_STATUS)) return true;
    // The last answer of a backend is better than none: it is only thrown away for another try.
    if (this.prospectOf(exchange) === Prospect.none || !this.retrier.grant(exchange)) return true;
    exchange.isRetryGranted = true;
    return this.reject(exchange, status);
  }

  private reject(exchange: Exchange, status: number): false {
    this.ledger.rejected(exchange.backend!.snapshot.slot, status);
    return rejects(exchange, status);
  }

  /** A response head has arrived and goes to the client; from here on the exchange is a forward. */
  responseStarted(exchange: Exchange, status: number): void {
    if (exchange.isFinished || exchange.hasResponseStarted || !exchange.isAttempting) return;
    if (exchange.retries.hedgeAttempts > 0) this.hedger.settle(exchange, monotonicMs());
    exchange.hasResponseStarted = true;
    if (!exchange.keepsBodyToEnd) forgetBody(exchange);
    exchange.status = status;
    exchange.firstByteMs = monotonicMs();
    const backend = exchange.backend!;
    const latencyUs = microseconds(exchange.attemptStartedMs, exchange.firstByteMs);
    this.ledger.responded(exchange, latencyUs);
    this.balancer.reportLatency(backend, latencyUs);
    this.observers.responded(exchange, latencyUs);
  }

  /** The response has been relayed to its last byte. */
  completed(exchange: Exchange): void {
    if (exchange.isFinished) return;
    const nowMs = monotonicMs();
    this.endAttempt(exchange, 'ok', nowMs);
    this.finish(exchange, nowMs);
  }

  /** The running attempt came to nothing: another one, or the end. */
  attemptFailed(exchange: Exchange, failure: AttemptFailure): void {
    if (exchange.isFinished || !exchange.isAttempting) return;
    try {
      this.endAttempt(exchange, failure.outcome, monotonicMs());
      if (this.hedger.takesOver(exchange)) return;
      if (mayRetry(exchange, failure) || exchange.isRetryGranted) this.retry(exchange, failure);
      else this.giveUp(exchange, failure);
    } catch (error) {
      this.failed(exchange, error);
    }
  }

  /** The attempt beside the present one is answered first: the exchange goes on with that. */
  hedgeWon(exchange: Exchange): void {
    if (!exchange.isFinished) this.hedger.won(exchange);
  }

  /** The attempt beside the present one came to nothing. */
  hedgeFailed(exchange: Exchange, failure: AttemptFailure): void {
    if (!exchange.isFinished) this.hedger.failed(exchange, failure.outcome);
  }

  /** The client has gone: nobody is left to be answered. */
  clientClosed(exchange: Exchange): void {
    if (exchange.isFinished) return;
    const nowMs = monotonicMs();
    this.endAttempts(exchange, 'client_closed', nowMs);
    if (!exchange.hasResponseStarted) mark(exchange, 'client_closed');
    this.finish(exchange, nowMs);
  }

  /** Ends the exchange with a refusal; once its response has started, in the middle of that. */
  drop(exchange: Exchange, reason: DropReason): void {
    if (exchange.isFinished) return;
    if (reason === 'shutting_down') this.cuts.add(exchange);
    const nowMs = monotonicMs();
    this.endAttempts(exchange, outcomeOfReason(reason, exchange.hasResponseStarted), nowMs);
    try {
      mark(exchange, reason);
      exchange.session.refuse(reason);
    } catch (error) {
      this.parts.onError(error, exchange);
    } finally {
      this.finish(exchange, nowMs);
    }
  }

  /** Its service cannot take it: another one does instead, where that is configured, or it is dropped. */
  turnAway(exchange: Exchange, reason: DropReason): void {
    if (exchange.isFinished) return;
    const fallback = this.fallback.of(exchange, reason);
    if (fallback === null) return this.drop(exchange, reason);
    this.leavePlace(exchange, monotonicMs());
    this.letGoOfGates(exchange);
    this.fallback.take(exchange, fallback, reason);
    this.advance(exchange);
  }

  /** An error nobody expected: it costs this exchange, never the process. */
  failed(exchange: Exchange, error: unknown): void {
    this.parts.onError(error, exchange);
    this.drop(exchange, 'internal_error');
  }

  private count(): void {
    this.running++;
    this.ledger.received();
  }

  /** Through the gates that are left, to the first attempt. */
  private advance(exchange: Exchange): void {
    const { gates } = this;
    while (exchange.gatesPassed < gates.length) {
      const gate = gates[exchange.gatesPassed]!;
      const verdict = gate.enter(exchange, this);
      if (verdict === WAITS) return this.park(exchange, gate);
      if (verdict !== null) return this.turnAway(exchange, verdict);
      exchange.gatesPassed++;
    }
    this.pick(exchange, 'no_backend');
  }

  private park(exchange: Exchange, place: WaitingPlace): void {
    exchange.waitsAt = place;
    exchange.waitsSinceMs = monotonicMs();
    this.decisions.queued(exchange, place);
    exchange.session.park();
  }

  /** The pauses between attempts are no queueing. */
  private unpark(exchange: Exchange, nowMs: number): void {
    const { waitsAt } = exchange;
    exchange.waitsAt = null;
    if (waitsAt !== this.retrier) exchange.queuedMs += nowMs - exchange.waitsSinceMs;
  }

  /** Attempts with the algorithm's choice; `reason` is what the exchange waits or is dropped for when there is none. */
  private pick(exchange: Exchange, reason: DropReason): void {
    const { balancer, waits } = this;
    const service = exchange.service!;
    this.decisions.begin(exchange);
    const backend = waits === null ? balancer.pick(service, exchange) : waits.pick(exchange, balancer);
    if (backend !== null) return this.attempt(exchange, backend);
    if (waits === null) return this.turnAway(exchange, reason);
    this.keep(exchange, waits.noneFound(exchange, reason, this));
  }

  /** Nothing more is tried now: the exchange waits for a backend to come back if its service says so, or it is dropped. */
  private giveUp(exchange: Exchange, failure: AttemptFailure): void {
    const { waits } = this;
    const reason = REASON_OF_OUTCOME[failure.outcome];
    if (waits === null || !mayRepeatLater(exchange, failure)) return this.drop(exchange, reason);
    this.keep(exchange, waits.noneReached(exchange, reason, this));
  }

  private keep(exchange: Exchange, place: WaitingPlace | DropReason): void {
    if (typeof place === 'string') this.turnAway(exchange, place);
    else this.park(exchange, place);
  }

  /** Another try: at once, after a pause, or none when there is no backend or the budget is used up. */
  private retry(exchange: Exchange, failure: AttemptFailure): void {
    const prospect = this.prospectOf(exchange);
    if (prospect === Prospect.none) return this.giveUp(exchange, failure);
    if (!exchange.isRetryGranted && !this.retrier.grant(exchange)) return this.giveUp(exchange, failure);
    exchange.isRetryGranted = false;
    // When all have been tried, a new round begins: the one that failed last is the last to be tried again.
    if (prospect === Prospect.tried) exchange.tried.splice(0, exchange.tried.length - 1);
    const pauseMs = this.retrier.pauseMs(exchange, failure, prospect === Prospect.other);
    if (pauseMs === 0) return this.pick(exchange, REASON_OF_OUTCOME[failure.outcome]);
    this.park(exchange, this.retrier);
    this.retrier.wait(exchange, pauseMs, this);
  }

  private prospectOf(exchange: Exchange): Prospect {
    return this.balancer.prospectOf(exchange.service!, exchange.tried);
  }

  private attempt(exchange: Exchange, backend: BackendRuntime): void {
    exchange.backend = backend;
    exchange.tried.push(backend);
    exchange.isAttempting = true;
    if (exchange.attempts.length === 0) this.begin(exchange);
    else exchange.attemptStartedMs = monotonicMs();
    exchange.connectedMs = 0;
    this.ledger.attempted(backend.snapshot.slot);
    if (exchange.retries.hedgeAttempts > 0) this.hedger.watch(exchange);
    exchange.session.attempt();
  }

  /** The first attempt. Nothing waits before it but what is counted as queued. */
  private begin(exchange: Exchange): void {
    exchange.attemptStartedMs = exchange.startedMs + exchange.queuedMs;
    const { attempts, bodyBytes } = exchange.retries;
    if (attempts > 0 && bodyBytes > exchange.keptBodyBytes && isIdempotent(exchange)) {
      exchange.keptBodyBytes = bodyBytes;
    }
    this.retrier.begin(exchange);
  }

  /** Gives back what the running attempt holds and records how it went. */
  endAttempt(exchange: Exchange, outcome: AttemptOutcome, nowMs: number): void {
    if (!exchange.isAttempting) return;
    exchange.isAttempting = false;
    const backend = exchange.backend!;
    this.balancer.release(exchange.service!, backend);
    if (isBackendsFault(outcome)) this.ledger.attemptFailed(backend.snapshot.slot);
    exchange.attempts.push(attemptRecordOf(exchange, outcome, nowMs));
    this.observers.attemptEnded(exchange, outcome, nowMs);
    if (exchange.hasResponseStarted) return;
    // A response that was thrown away is its attempt's alone.
    exchange.status = 0;
    exchange.firstByteMs = 0;
  }

  /** The same, and gives up the attempt beside it. Before the lane answers: what it runs then may be another exchange's. */
  private endAttempts(exchange: Exchange, outcome: AttemptOutcome, nowMs: number): void {
    this.endAttempt(exchange, outcome, nowMs);
    if (exchange.retries.hedgeAttempts > 0) this.hedger.settle(exchange, nowMs);
  }

  private finish(exchange: Exchange, nowMs: number): void {
    if (exchange.isFinished) return;
    exchange.isFinished = true;
    // Sessions are used again, and may hold their last exchange for long.
    if (exchange.replay !== null && !exchange.keepsBodyToEnd) forgetBody(exchange);
    this.running--;
    this.leaveGates(exchange, nowMs);
    this.ledger.settled(exchange);
    if (exchange.backend !== null) this.ledger.transferred(exchange.backend.snapshot.slot, exchange);
    if (this.scribe === null) return;
    try {
      this.scribe.write(exchange, nowMs);
    } catch (error) {
      this.parts.onError(error, exchange);
    }
  }

  /** Gives back what the gates hold for it. */
  private leaveGates(exchange: Exchange, nowMs: number): void {
    this.leavePlace(exchange, nowMs);
    this.letGoOfGates(exchange);
    this.observers.finished(exchange, nowMs);
  }

  private leavePlace(exchange: Exchange, nowMs: number): void {
    const { waitsAt } = exchange;
    if (waitsAt === null) return;
    this.unpark(exchange, nowMs);
    waitsAt.abandon?.(exchange);
  }

  private letGoOfGates(exchange: Exchange): void {
    const { gates } = this;
    for (let index = 0; index < exchange.gatesPassed; index++) gates[index]!.leave?.(exchange);
    exchange.gatesPassed = 0;
  }
}

const BAD_STATUS: AttemptFailure = { outcome: 'bad_status', retry: 'idempotent' };
