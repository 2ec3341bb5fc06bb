import type { ServiceSnapshot } from '../snapshot.js';
import { SERVICE_CELLS, ServiceCell, type SharedMemory } from '../shared-memory.js';
import type { OutageTeller } from './backend.outages.js';
import { type CircuitChange, CircuitBreaker, type CircuitPlace, Verdict } from './circuit.breaker.js';
import { CircuitState } from './outage-cells.js';
import { ServiceStepLock } from './service.step.lock.js';

/** The breakers of services as a whole. Any thread may move them; a change is told by the one thread that made it. */
export class ServiceCircuits {
  readonly breaker: CircuitBreaker;
  private readonly place = { slot: 0, row: 0, serviceSlot: 0 };

  /** @param worker Index of the thread; one that serves no traffic takes the number of workers. */
  constructor(
    memory: SharedMemory,
    worker: number,
    private readonly tell: OutageTeller = () => undefined,
  ) {
    const lock = new ServiceStepLock(memory, worker);
    this.breaker = new CircuitBreaker(memory.services, memory.outcomes.services, lock);
  }

  /** One atomic load. */
  isClosed(service: ServiceSnapshot): boolean {
    return this.breaker.circuit.state(this.placeOf(service).row) === CircuitState.closed;
  }

  isHalfOpen(service: ServiceSnapshot): boolean {
    return this.breaker.circuit.state(this.placeOf(service).row) === CircuitState.halfOpen;
  }

  /** Where it is not closed: whether the caller's exchange is a trial, which decides whether it closes. */
  mayTry(service: ServiceSnapshot, nowMs: number): boolean {
    this.settle(service, nowMs);
    const { circuit } = service.policies.breaker;
    return circuit !== null && this.breaker.beginTrial(this.placeOf(service), circuit, nowMs);
  }

  count(
    service: ServiceSnapshot,
    call: { readonly verdict: Verdict; readonly isSlow: boolean; readonly nowMs: number },
  ): void {
    const { circuit } = service.policies.breaker;
    if (this.breaker.count(this.placeOf(service), circuit!, call)) this.changed(service, 'opened');
  }

  endTrial(service: ServiceSnapshot, verdict: Verdict, nowMs: number): void {
    const { circuit } = service.policies.breaker;
    if (circuit === null) return;
    const change = this.breaker.endTrial(this.placeOf(service), circuit, verdict, nowMs);
    if (change !== null) this.changed(service, change);
  }

  /** Makes it half-open when its time is over, and closes one that is switched off. */
  settle(service: ServiceSnapshot, nowMs: number): void {
    const place = this.placeOf(service);
    const { circuit } = service.policies.breaker;
    if (circuit === null || !circuit.perService) {
      if (this.breaker.close(place)) this.changed(service, 'closed');
    } else if (this.breaker.halfOpen(place, circuit, nowMs)) this.changed(service, 'half-open');
  }

  /** By an operator's will. Whether it was not closed. */
  close(service: ServiceSnapshot): boolean {
    const wasOpen = this.breaker.close(this.placeOf(service));
    if (wasOpen) this.changed(service, 'closed');
    return wasOpen;
  }

  /** Milliseconds until a trial may be made: what a refused client is told to wait. */
  opensForMs(service: ServiceSnapshot, nowMs: number): number {
    return this.breaker.circuit.opensForMs(this.placeOf(service).row, nowMs);
  }

  private changed(service: ServiceSnapshot, change: CircuitChange): void {
    const { window, openMs } = this.breaker;
    const isOpening = change === 'opened';
    this.tell({
      kind: `breaker-${change}`,
      service: service.name,
      backend: '',
      url: '',
      failures: isOpening ? window.failures : 0,
      calls: isOpening ? window.total : 0,
      slow: isOpening ? window.slow : 0,
      until: isOpening ? Math.round(Date.now() + openMs) : 0,
      shadow: service.policies.breaker.circuit?.shadow ?? false,
    });
  }

  private placeOf(service: ServiceSnapshot): CircuitPlace {
    this.place.slot = service.slot;
    this.place.row = service.slot * SERVICE_CELLS + ServiceCell.circuit;
    this.place.serviceSlot = service.slot;
    return this.place;
  }
}
