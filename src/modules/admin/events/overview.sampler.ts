import {
  BACKEND_CELLS,
  BACKEND_COUNTERS,
  BackendCell,
  BackendCounter,
  type BackendSnapshot,
  BackendState,
  type BackendStates,
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  monotonicMs,
  RETRY_COUNTERS,
  RetryCounter,
  SERVICE_CELLS,
  ServiceCell,
  type ServiceSnapshot,
  type SharedMemory,
  TRAFFIC_CELLS,
  type WorkerCells,
} from '../../../common/contract/index.js';
import type { PublicationSource } from '../../data-plane/index.js';
import { CounterWindow, WorkerSums } from '../../metrics/index.js';
import { OverviewPort, type OutagePort, type TrafficView } from '../ports.js';
import type { OverviewBackend, OverviewService, OverviewTraffic } from '../resources/event.resource.js';
import { addStatuses, statusesIn } from './status.rates.js';
import { droppedIn, dropsIn, ExchangeWindow, latencyIn, openIn, perSecond } from './traffic.rates.js';

/** What the workers count, table by table. */
function tablesOf({ workers }: SharedMemory) {
  const sums = (cells: number, regionOf: (own: WorkerCells) => Float64Array) =>
    new WorkerSums(workers.map(regionOf), cells);
  return {
    ledger: sums(LEDGER_CELLS, (own) => own.ledger),
    latency: sums(LATENCY_BUCKETS, (own) => own.latency),
    serviceLedger: sums(LEDGER_CELLS, (own) => own.serviceLedger),
    serviceLatency: sums(LATENCY_BUCKETS, (own) => own.serviceLatency),
    retries: sums(RETRY_COUNTERS, (own) => own.retries),
    backendCounters: sums(BACKEND_COUNTERS, (own) => own.backendCounters),
    traffic: sums(TRAFFIC_CELLS, (own) => own.traffic.services),
  };
}

/** Of all backends of a service, or of all services. */
interface Sums {
  retries: number;
  bytesIn: number;
  bytesOut: number;
  waiting: number;
  /** A row of traffic cells. */
  readonly statuses: Float64Array;
}

export interface SamplerParts {
  readonly publications: PublicationSource;
  readonly memory: SharedMemory;
  readonly states: BackendStates;
  readonly outages: Pick<OutagePort, 'statusOf' | 'breakerOf'>;
}

/**
 * Looks at what the workers count, and says what came of it since the look before. It reads the shared memory: workers do
 * nothing for it.
 */
export class OverviewSampler extends OverviewPort {
  private readonly tables: ReturnType<typeof tablesOf>;
  private all = new ExchangeWindow();
  private services = new Map<string, ExchangeWindow>();
  private backends = new Map<string, CounterWindow>();
  /** Monotonic milliseconds; 0: none yet. */
  private lookedAt = 0;
  private periodMs = 0;

  constructor(private readonly parts: SamplerParts) {
    super();
    this.tables = tablesOf(parts.memory);
  }

  begin(): void {
    this.all = new ExchangeWindow();
    this.services = new Map();
    this.backends = new Map();
    this.lookedAt = 0;
  }

  look(): TrafficView {
    const nowMs = monotonicMs();
    this.periodMs = this.lookedAt === 0 ? 0 : nowMs - this.lookedAt;
    this.lookedAt = nowMs;
    const known = { services: this.services, backends: this.backends };
    // What is not there any more is forgotten.
    this.services = new Map();
    this.backends = new Map();
    const sums: Sums = {
      retries: 0,
      bytesIn: 0,
      bytesOut: 0,
      waiting: 0,
      statuses: new Float64Array(TRAFFIC_CELLS),
    };
    const services: Record<string, OverviewService> = {};
    const publication = this.parts.publications.current();
    for (const { snapshot } of publication?.services ?? []) {
      this.services.set(snapshot.name, known.services.get(snapshot.name) ?? new ExchangeWindow());
      for (const { id } of snapshot.backends) {
        this.backends.set(id, known.backends.get(id) ?? new CounterWindow(BACKEND_COUNTERS));
      }
      services[snapshot.name] = this.serviceView(snapshot, sums);
    }
    return {
      periodMs: Math.round(this.periodMs),
      revision: publication?.revision ?? 0,
      generation: publication?.snapshot.generation ?? 0,
      total: this.totalView(sums),
      services,
    };
  }

  private totalView(sums: Sums): OverviewTraffic {
    const { ledger, latency, traffic } = this.tables;
    this.all.ledger.look(ledger, 0);
    this.all.latency.look(latency, 0);
    // The row behind the last service: exchanges that found none.
    const unrouted = this.parts.memory.shape.serviceCapacity;
    addStatuses(sums.statuses, this.all.traffic.look(traffic, unrouted));
    return this.trafficView(this.all, sums);
  }

  private serviceView(service: ServiceSnapshot, all: Sums): OverviewService {
    const window = this.services.get(service.name)!;
    const { tables } = this;
    window.ledger.look(tables.serviceLedger, service.slot);
    window.latency.look(tables.serviceLatency, service.slot);
    const retries = window.retries.look(tables.retries, service.slot)[RetryCounter.retries]!;
    const statuses = window.traffic.look(tables.traffic, service.slot);
    const waiting = this.serviceCell(service, 'waiting');
    const sums: Sums = { retries, bytesIn: 0, bytesOut: 0, waiting, statuses };
    const backends: Record<string, OverviewBackend> = {};
    let available = 0;
    for (const backend of service.backends) {
      const view = this.backendView(backend, sums);
      if (view.available) available++;
      backends[backend.id] = view;
    }
    all.retries += sums.retries;
    all.bytesIn += sums.bytesIn;
    all.bytesOut += sums.bytesOut;
    all.waiting += sums.waiting;
    addStatuses(all.statuses, statuses);
    return {
      ...this.trafficView(window, sums),
      running: this.serviceCell(service, 'permits'),
      breaker: this.parts.outages.breakerOf(service.name),
      available,
      backends,
    };
  }

  private trafficView({ ledger, latency }: ExchangeWindow, sums: Sums): OverviewTraffic {
    const { periodMs } = this;
    const gained = ledger.gained;
    return {
      received: ledger.totals[LedgerCell.received]!,
      requests: perSecond(gained[LedgerCell.received]!, periodMs),
      forwarded: perSecond(gained[LedgerCell.forwarded]!, periodMs),
      dropped: perSecond(droppedIn(gained), periodMs),
      drops: dropsIn(gained, periodMs),
      statuses: statusesIn(sums.statuses, periodMs),
      errors: perSecond(gained[LedgerCell.serverErrors]!, periodMs),
      retries: perSecond(sums.retries, periodMs),
      bytesIn: perSecond(sums.bytesIn, periodMs),
      bytesOut: perSecond(sums.bytesOut, periodMs),
      latency: latencyIn(latency.gained),
      inFlight: openIn(ledger.totals),
      waiting: sums.waiting,
    };
  }

  private backendView(backend: BackendSnapshot, sums: Sums): OverviewBackend {
    const { states, memory, outages } = this.parts;
    const { id, slot, url, weight, backup } = backend;
    const gained = this.backends.get(id)!.look(this.tables.backendCounters, slot);
    const count = (counter: keyof typeof BackendCounter) => gained[BackendCounter[counter]]!;
    const rate = (events: number) => perSecond(events, this.periodMs);
    sums.bytesIn += count('bytesIn');
    sums.bytesOut += count('bytesOut');
    const row = slot * BACKEND_CELLS;
    const bits = Atomics.load(memory.backends, row + BackendCell.state);
    const answered = count('attempts') - count('failures');
    return {
      url,
      weight,
      backup,
      state: states.adminState(slot),
      health: states.health(slot),
      available: bits === 0,
      ejected: (bits & BackendState.ejected) !== 0,
      breaker: outages.statusOf(id).breaker,
      inFlight: states.inFlight(slot),
      requests: rate(count('attempts')),
      errors: rate(count('failures') + count('serverErrors')),
      bytesIn: rate(count('bytesIn')),
      bytesOut: rate(count('bytesOut')),
      latencyUs: answered > 0 ? Math.round(count('latencyUs') / answered) : 0,
      ewmaUs: Atomics.load(memory.backends, row + BackendCell.ewmaUs),
    };
  }

  private serviceCell({ slot }: ServiceSnapshot, cell: keyof typeof ServiceCell): number {
    return Atomics.load(this.parts.memory.services, slot * SERVICE_CELLS + ServiceCell[cell]);
  }
}
