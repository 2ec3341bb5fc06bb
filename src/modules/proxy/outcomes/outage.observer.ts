import {
  type AttemptOutcome,
  BackendOutages,
  type BreakerPolicy,
  type CircuitSettings,
  type OutageTeller,
  ServiceCircuits,
  type SharedMemory,
  Verdict,
} from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import type { OutcomeObserver } from './outcome.observer.js';
import { isDecidedByHead, isSlowCall, verdictOfOutcome, verdictOfStatus } from './verdict.js';

/**
 * Judges how attempts and exchanges went, for ejections and breakers. Each attempt counts once for its backend, when it
 * ends or as soon as its head decides; each exchange once for its service, as the client saw it. A service with neither
 * costs one check, one with the default ejection an atomic load.
 */
export class OutageObserver implements OutcomeObserver {
  private readonly backends: BackendOutages;
  private readonly services: ServiceCircuits;
  /** Filled anew for each call: nothing is allocated for an exchange. */
  private readonly call = { verdict: Verdict.neutral as Verdict, isSlow: false, nowMs: 0 };

  constructor(memory: SharedMemory, worker: number, tell?: OutageTeller) {
    this.backends = new BackendOutages(memory, worker, tell);
    this.services = new ServiceCircuits(memory, worker, tell);
  }

  responded(exchange: Exchange): void {
    const policy = exchange.settings.policies.breaker;
    if (isOff(policy)) return;
    const { status, firstByteMs } = exchange;
    if (isDecidedByHead(status)) this.judge(exchange, policy, verdictOfStatus(status), firstByteMs);
    // A trial need not wait for the end of a long response.
    else if (exchange.isTrial) this.endTrial(exchange, policy, Verdict.success, firstByteMs);
    if (exchange.isServiceTrial) this.endServiceTrial(exchange, verdictOfStatus(status), firstByteMs);
  }

  attemptEnded(exchange: Exchange, outcome: AttemptOutcome, nowMs: number): void {
    const policy = exchange.settings.policies.breaker;
    if (isOff(policy)) return;
    if (exchange.hasResponseStarted && isDecidedByHead(exchange.status)) return;
    this.judge(exchange, policy, verdictOfOutcome(exchange, outcome), nowMs);
  }

  finished(exchange: Exchange, nowMs: number): void {
    if (exchange.service === null) return;
    const { circuit } = exchange.settings.policies.breaker;
    if (circuit === null || !circuit.perService) return;
    if (exchange.isServiceTrial) return this.endServiceTrial(exchange, exchange.verdict, nowMs);
    // Without an attempt nothing is known about the service.
    if (exchange.attempts.length === 0) return;
    const { call } = this;
    call.verdict = exchange.verdict;
    call.isSlow = isSlowCall(
      exchange,
      circuit,
      answeredMs(exchange, nowMs) - exchange.startedMs - exchange.queuedMs,
    );
    call.nowMs = nowMs;
    this.services.count(exchange.settings, call);
  }

  private judge(exchange: Exchange, policy: BreakerPolicy, verdict: Verdict, nowMs: number): void {
    exchange.verdict = verdict;
    const { settings } = exchange;
    const backend = exchange.backend!.snapshot;
    const { circuit, ejection } = policy;
    if (ejection !== null) {
      if (verdict === Verdict.success) this.backends.succeeded(backend);
      else if (verdict === Verdict.failure) this.backends.failed(settings, backend, nowMs);
    }
    if (circuit === null || !circuit.perBackend) return;
    if (exchange.isTrial) return this.endTrial(exchange, policy, verdict, nowMs);
    // In shadow no pick makes trials, so any attempt there is one.
    if (circuit.shadow && this.backends.isOnTrial(backend)) {
      return this.backends.endTrial(settings, backend, verdict, nowMs);
    }
    const { call } = this;
    call.verdict = verdict;
    call.isSlow = isSlowAttempt(exchange, circuit, nowMs);
    call.nowMs = nowMs;
    this.backends.count(settings, backend, call);
  }

  /** A trial that is slow where slowness matters has failed. */
  private endTrial(exchange: Exchange, { circuit }: BreakerPolicy, verdict: Verdict, nowMs: number): void {
    exchange.isTrial = false;
    const isSlow = circuit !== null && isSlowAttempt(exchange, circuit, nowMs);
    this.backends.endTrial(
      exchange.settings,
      exchange.backend!.snapshot,
      isSlow ? Verdict.failure : verdict,
      nowMs,
    );
  }

  private endServiceTrial(exchange: Exchange, verdict: Verdict, nowMs: number): void {
    exchange.isServiceTrial = false;
    const { circuit } = exchange.settings.policies.breaker;
    const waitedMs = answeredMs(exchange, nowMs) - exchange.startedMs - exchange.queuedMs;
    const isSlow = circuit !== null && isSlowCall(exchange, circuit, waitedMs);
    this.services.endTrial(exchange.settings, isSlow ? Verdict.failure : verdict, nowMs);
  }
}

function isOff({ circuit, ejection }: BreakerPolicy): boolean {
  return circuit === null && ejection === null;
}

/** When the response head came, or that none has come until now. */
function answeredMs({ firstByteMs }: Exchange, nowMs: number): number {
  return firstByteMs === 0 ? nowMs : firstByteMs;
}

function isSlowAttempt(exchange: Exchange, circuit: CircuitSettings, nowMs: number): boolean {
  return isSlowCall(exchange, circuit, answeredMs(exchange, nowMs) - exchange.attemptStartedMs);
}
