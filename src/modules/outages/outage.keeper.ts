import {
  BACKEND_CELLS,
  BackendCell,
  BackendOutages,
  type BackendSnapshot,
  BackendStates,
  type CircuitStateName,
  type HealthLogRecord,
  isOutageEvent,
  monotonicMs,
  OUTAGE_BITS,
  type OutageEvent,
  SERVICE_CELLS,
  ServiceCell,
  ServiceCircuits,
  type ServiceSnapshot,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { PolicyEvents, Publication, PublicationSource } from '../data-plane/index.js';
import { OutageRecords } from './outage.records.js';
import type { BackendOutage } from './outage.status.js';

/** What the keeper says to the application log. */
export interface OutageLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface OutageKeeperParts {
  readonly memory: SharedMemory;
  readonly publications: PublicationSource;
  readonly events: Pick<PolicyEvents, 'onEvent'>;
  readonly recorder: { record(record: HealthLogRecord): void };
  readonly log: OutageLog;
}

interface Located {
  readonly service: ServiceSnapshot;
  readonly backend: BackendSnapshot;
}

const NOTHING: BackendOutage = { ejectedUntil: null, breaker: 'closed', isOut: false };
const MESSAGES: Readonly<Record<OutageEvent['kind'], string>> = {
  'backend-ejected': 'backend ejected',
  'backend-returned': 'backend returns from its ejection',
  'breaker-opened': 'circuit breaker opens',
  'breaker-half-open': 'circuit breaker is half-open',
  'breaker-closed': 'circuit breaker closes',
};

/**
 * The main thread's side of ejections and breakers: tells people of them, shows them, ends them when their time is over and
 * no traffic asks, or when an operator says so. What keeps a backend out lives in the shared memory alone.
 */
export class OutageKeeper {
  private readonly backends: BackendOutages;
  private readonly services: ServiceCircuits;
  private readonly records: OutageRecords;
  private indexed: Publication | null = null;
  private located = new Map<string, Located>();
  private servicesByName = new Map<string, ServiceSnapshot>();

  constructor(private readonly parts: OutageKeeperParts) {
    const { memory, events } = parts;
    const tell = (event: OutageEvent) => this.tell(event);
    // A lock's holder is a worker's index: this thread takes the one behind the last.
    this.backends = new BackendOutages(memory, memory.shape.workers, tell);
    this.services = new ServiceCircuits(memory, memory.shape.workers, tell);
    this.records = new OutageRecords(new BackendStates(memory));
    events.onEvent((event) => {
      if (isOutageEvent(event)) this.tell(event);
    });
  }

  /** Ends what is over. To be called about once a second; a worker with traffic does it at the very moment. */
  tick(): void {
    const nowMs = monotonicMs();
    for (const { snapshot } of this.parts.publications.current()?.services ?? []) {
      this.backends.settle(snapshot, nowMs);
      this.services.settle(snapshot, nowMs);
    }
  }

  /** Of an unknown backend: nothing. */
  statusOf(backendId: string): BackendOutage {
    const located = this.locate(backendId);
    if (located === undefined) return NOTHING;
    const { slot } = located.backend;
    const leftMs = this.backends.ejectedForMs(slot, monotonicMs());
    const { circuit } = this.backends.breaker;
    const state = Atomics.load(this.parts.memory.backends, slot * BACKEND_CELLS + BackendCell.state);
    return {
      ejectedUntil: leftMs === null ? null : Math.round(Date.now() + leftMs),
      breaker: circuit.stateName(slot * BACKEND_CELLS + BackendCell.circuit),
      isOut: (state & OUTAGE_BITS) !== 0,
    };
  }

  /** The breaker of the service as a whole. */
  breakerOf(name: string): CircuitStateName {
    const service = this.serviceOf(name);
    if (service === undefined) return 'closed';
    return this.services.breaker.circuit.stateName(service.slot * SERVICE_CELLS + ServiceCell.circuit);
  }

  /** Ends the ejection of a backend and closes its breaker. */
  restore(backendId: string): void {
    const located = this.locate(backendId);
    if (located !== undefined) this.backends.restore(located.service, located.backend, monotonicMs());
  }

  /** The same for all backends of a service and for its own breaker. */
  restoreService(name: string): void {
    const service = this.serviceOf(name);
    if (service === undefined) return;
    const nowMs = monotonicMs();
    this.services.close(service);
    for (const backend of service.backends) this.backends.restore(service, backend, nowMs);
  }

  private tell(event: OutageEvent): void {
    const { kind, service, backend, url, shadow } = event;
    const fields = { event: kind, service, ...(backend !== '' && { backend, url }), shadow };
    const record = this.records.recordOf(event, this.locate(backend)?.backend.slot ?? -1);
    if (record.passed) this.parts.log.info(fields, MESSAGES[kind]);
    else this.parts.log.warn({ ...fields, why: record.error }, MESSAGES[kind]);
    this.parts.recorder.record(record);
  }

  private locate(backendId: string): Located | undefined {
    this.index();
    return this.located.get(backendId);
  }

  private serviceOf(name: string): ServiceSnapshot | undefined {
    this.index();
    return this.servicesByName.get(name);
  }

  private index(): void {
    const publication = this.parts.publications.current();
    if (publication === this.indexed) return;
    this.indexed = publication;
    this.located = new Map();
    this.servicesByName = new Map();
    for (const service of publication?.snapshot.services ?? []) {
      this.servicesByName.set(service.name, service);
      for (const backend of service.backends) this.located.set(backend.id, { service, backend });
    }
  }
}
