import { ADMIN_BITS, changeState, touchService } from '../backend-states.js';
import type { BackendSnapshot, ServiceSnapshot } from '../snapshot.js';
import { BACKEND_CELLS, BackendCell, BackendState, type SharedMemory } from '../shared-memory.js';
import { cellTime, msUntil } from './cell-time.js';
import { withJitter } from './circuit.js';
import { type CircuitChange, CircuitBreaker, type CircuitPlace, type Verdict } from './circuit.breaker.js';
import { CircuitState, OUTCOME_CELLS, OutcomeCell } from './outage-cells.js';
import type { OutageEvent, OutageKind } from './outage-event.js';
import { ServiceStepLock } from './service.step.lock.js';

/** Is told of each outage that the thread itself began or ended; must not throw. */
export type OutageTeller = (event: OutageEvent) => void;

/** Of `BackendCell.state`: what live traffic's outcomes do. */
export const OUTAGE_BITS = BackendState.ejected | BackendState.open;

/**
 * Takes backends out of rotation because of how live traffic goes there, and gives them back: ejections, and the breakers of
 * backends. Any thread may do either; all see the same, and a change is told by the one thread that made it.
 */
export class BackendOutages {
  readonly breaker: CircuitBreaker;
  private readonly lock: ServiceStepLock;
  private readonly cells: Int32Array;
  private readonly outcomes: Int32Array;
  /** Filled anew for each call: nothing is allocated for an exchange. */
  private readonly place = { slot: 0, row: 0, serviceSlot: 0 };

  /** @param worker Index of the thread; one that serves no traffic takes the number of workers. */
  constructor(
    private readonly memory: SharedMemory,
    worker: number,
    private readonly tell: OutageTeller = () => undefined,
  ) {
    this.lock = new ServiceStepLock(memory, worker);
    this.cells = memory.backends;
    this.outcomes = memory.outcomes.backends;
    this.breaker = new CircuitBreaker(memory.backends, memory.outcomes.backends, this.lock);
  }

  /** A call to the backend succeeded. One atomic load when it has not failed before. */
  succeeded(backend: BackendSnapshot): void {
    const cell = backend.slot * BACKEND_CELLS + BackendCell.consecutiveFailures;
    if (Atomics.load(this.cells, cell) !== 0) Atomics.store(this.cells, cell, 0);
  }

  /** A call failed by the backend's fault: with too many in a row it is ejected. */
  failed(service: ServiceSnapshot, backend: BackendSnapshot, nowMs: number): void {
    const { ejection } = service.policies.breaker;
    if (ejection === null) return;
    const cell = backend.slot * BACKEND_CELLS + BackendCell.consecutiveFailures;
    const failures = Atomics.add(this.cells, cell, 1) + 1;
    if (failures >= ejection.consecutive) this.eject(service, backend, failures, nowMs);
  }

  /** A call that was no trial went so: too many failures or slow ones open the breaker. */
  count(
    service: ServiceSnapshot,
    backend: BackendSnapshot,
    call: { readonly verdict: Verdict; readonly isSlow: boolean; readonly nowMs: number },
  ): void {
    const circuit = service.policies.breaker.circuit!;
    if (!this.breaker.count(this.placeOf(service, backend), circuit, call)) return;
    this.changed(service, backend, 'opened');
  }

  /** Whether the next attempt may go to a half-open backend, as its trial. */
  beginTrial(service: ServiceSnapshot, backend: BackendSnapshot, nowMs: number): boolean {
    const { circuit } = service.policies.breaker;
    return circuit !== null && this.breaker.beginTrial(this.placeOf(service, backend), circuit, nowMs);
  }

  endTrial(service: ServiceSnapshot, backend: BackendSnapshot, verdict: Verdict, nowMs: number): void {
    const { circuit } = service.policies.breaker;
    if (circuit === null) return;
    const change = this.breaker.endTrial(this.placeOf(service, backend), circuit, verdict, nowMs);
    if (change !== null) this.changed(service, backend, change);
  }

  isOnTrial({ slot }: BackendSnapshot): boolean {
    return this.breaker.circuit.state(slot * BACKEND_CELLS + BackendCell.circuit) === CircuitState.halfOpen;
  }

  /** Ends what is over. Returns the monotonic milliseconds at which the next one is; 0: nothing is out. */
  settle(service: ServiceSnapshot, nowMs: number): number {
    let nextMs = 0;
    for (const backend of service.backends) {
      const ejectedForMs = this.settleEjection(service, backend, nowMs);
      const openForMs = this.settleCircuit(service, backend, nowMs);
      for (const ms of [ejectedForMs, openForMs]) {
        if (ms > 0 && (nextMs === 0 || nowMs + ms < nextMs)) nextMs = nowMs + ms;
      }
    }
    return nextMs;
  }

  /** Ends whatever keeps the backend out, by an operator's will. Whether anything did. */
  restore(service: ServiceSnapshot, backend: BackendSnapshot, nowMs: number): boolean {
    const wasEjected =
      this.ejectedForMs(backend.slot, nowMs) !== null && this.return(service, backend, nowMs);
    const wasOpen = this.breaker.close(this.placeOf(service, backend));
    if (wasOpen) this.changed(service, backend, 'closed');
    return wasEjected || wasOpen;
  }

  /** Milliseconds that are left, at least 0; null: it is not ejected. */
  ejectedForMs(slot: number, nowMs: number): number | null {
    const until = Atomics.load(this.cells, slot * BACKEND_CELLS + BackendCell.ejectedUntil);
    return until === 0 ? null : Math.max(0, msUntil(until, nowMs));
  }

  private settleEjection(service: ServiceSnapshot, backend: BackendSnapshot, nowMs: number): number {
    const leftMs = this.ejectedForMs(backend.slot, nowMs);
    if (leftMs === null) return 0;
    const { ejection } = service.policies.breaker;
    if (leftMs > 0 && ejection !== null) {
      this.keepOut(service, backend, BackendState.ejected, !ejection.shadow);
      return leftMs;
    }
    this.return(service, backend, nowMs);
    return 0;
  }

  private settleCircuit(service: ServiceSnapshot, backend: BackendSnapshot, nowMs: number): number {
    const place = this.placeOf(service, backend);
    const { circuit } = this.breaker;
    if (circuit.state(place.row) === CircuitState.closed) return 0;
    const settings = service.policies.breaker.circuit;
    if (settings === null || !settings.perBackend) {
      if (this.breaker.close(place)) this.changed(service, backend, 'closed');
      return 0;
    }
    if (this.breaker.halfOpen(place, settings, nowMs)) this.changed(service, backend, 'half-open');
    this.keepOut(service, backend, BackendState.open, !settings.shadow);
    return circuit.state(place.row) === CircuitState.open ? circuit.opensForMs(place.row, nowMs) : 0;
  }

  private eject(service: ServiceSnapshot, backend: BackendSnapshot, failures: number, nowMs: number): void {
    const ejection = service.policies.breaker.ejection!;
    const row = backend.slot * BACKEND_CELLS;
    this.lock.acquire(service.slot);
    let ejectedMs = 0;
    try {
      if (Atomics.load(this.cells, row + BackendCell.ejectedUntil) !== 0) return;
      if (!this.mayEject(service, backend)) return;
      const ejections = this.recentEjections(backend, ejection.baseMs, nowMs) + 1;
      ejectedMs = withJitter(Math.min(ejection.maxMs, ejection.baseMs * ejections));
      Atomics.store(this.cells, row + BackendCell.ejections, ejections);
      Atomics.store(this.cells, row + BackendCell.ejectedUntil, cellTime(nowMs + ejectedMs));
      Atomics.add(this.outcomes, backend.slot * OUTCOME_CELLS + OutcomeCell.ejectionsTotal, 1);
    } finally {
      this.lock.release(service.slot);
    }
    this.keepOut(service, backend, BackendState.ejected, !ejection.shadow);
    // Rotations of every worker must learn when it ends, also where nobody is kept out.
    touchService(this.memory, service.slot);
    const until = Math.round(Date.now() + ejectedMs);
    this.tellOf(service, backend, { kind: 'backend-ejected', failures, until, shadow: ejection.shadow });
  }

  /** Never more than the share of the service, and never the last one that could serve. Under the lock. */
  private mayEject(service: ServiceSnapshot, backend: BackendSnapshot): boolean {
    let [members, ejected, others] = [0, 0, 0];
    for (const { slot, weight } of service.backends) {
      const state = Atomics.load(this.cells, slot * BACKEND_CELLS + BackendCell.state);
      if (weight === 0 || (state & ADMIN_BITS) !== 0) continue;
      members++;
      const isEjected = Atomics.load(this.cells, slot * BACKEND_CELLS + BackendCell.ejectedUntil) !== 0;
      if (isEjected) ejected++;
      else if (state === 0 && slot !== backend.slot) others++;
    }
    const most = Math.max(1, Math.floor((members * service.policies.breaker.ejection!.maxPercent) / 100));
    return others > 0 && ejected < most;
  }

  /** One is forgotten for each base time that has passed since the last one ended. */
  private recentEjections(backend: BackendSnapshot, baseMs: number, nowMs: number): number {
    const ejections = Atomics.load(this.cells, backend.slot * BACKEND_CELLS + BackendCell.ejections);
    if (ejections === 0) return 0;
    const returnedAt = Atomics.load(this.outcomes, backend.slot * OUTCOME_CELLS + OutcomeCell.returnedAt);
    const restedMs = -msUntil(returnedAt, nowMs);
    return restedMs < 0 ? 0 : Math.max(0, ejections - Math.floor(restedMs / baseMs));
  }

  private return(service: ServiceSnapshot, backend: BackendSnapshot, nowMs: number): boolean {
    const row = backend.slot * BACKEND_CELLS;
    this.lock.acquire(service.slot);
    const until = Atomics.load(this.cells, row + BackendCell.ejectedUntil);
    const wasEjected = until !== 0;
    if (wasEjected) {
      Atomics.store(this.outcomes, backend.slot * OUTCOME_CELLS + OutcomeCell.returnedAt, cellTime(nowMs));
      Atomics.store(this.cells, row + BackendCell.consecutiveFailures, 0);
      Atomics.store(this.cells, row + BackendCell.ejectedUntil, 0);
    }
    this.lock.release(service.slot);
    this.keepOut(service, backend, BackendState.ejected, false);
    if (wasEjected) {
      const shadow = service.policies.breaker.ejection?.shadow ?? false;
      this.tellOf(service, backend, { kind: 'backend-returned', shadow });
    }
    return wasEjected;
  }

  private changed(service: ServiceSnapshot, backend: BackendSnapshot, change: CircuitChange): void {
    const { circuit } = service.policies.breaker;
    const shadow = circuit?.shadow ?? false;
    this.keepOut(service, backend, BackendState.open, change !== 'closed' && !shadow);
    // Half-open: the state bits stay as they are, but trials may go there.
    touchService(this.memory, service.slot);
    const { window, openMs } = this.breaker;
    const opened = {
      failures: window.failures,
      calls: window.total,
      slow: window.slow,
      until: Math.round(Date.now() + openMs),
    };
    this.tellOf(service, backend, { kind: `breaker-${change}`, shadow, ...(change === 'opened' && opened) });
  }

  private keepOut(service: ServiceSnapshot, backend: BackendSnapshot, bit: number, isOut: boolean): void {
    if (changeState(this.memory, backend.slot, bit, isOut ? bit : 0)) touchService(this.memory, service.slot);
  }

  private tellOf(
    service: ServiceSnapshot,
    backend: BackendSnapshot,
    event: Partial<OutageEvent> & { readonly kind: OutageKind; readonly shadow: boolean },
  ): void {
    this.tell({
      service: service.name,
      backend: backend.id,
      url: backend.url,
      failures: 0,
      calls: 0,
      slow: 0,
      until: 0,
      ...event,
    });
  }

  private placeOf(service: ServiceSnapshot, backend: BackendSnapshot): CircuitPlace {
    this.place.slot = backend.slot;
    this.place.row = backend.slot * BACKEND_CELLS + BackendCell.circuit;
    this.place.serviceSlot = service.slot;
    return this.place;
  }
}

/** Whether nothing but live traffic's outcomes keeps the backend out. */
export function isOutByTraffic(state: number): boolean {
  return (state & OUTAGE_BITS) !== 0 && (state & ~OUTAGE_BITS) === 0;
}
