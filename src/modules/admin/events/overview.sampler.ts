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
  SERVICE_CELLS,
  ServiceCell,
  type ServiceSnapshot,
  type SharedMemory,
  TRAFFIC_CELLS,
} from '../../../common/contract/index.js';
import type { PublicationSource } from '../../data-plane/index.js';
import { OverviewPort, type OutagePort, type TrafficView } from '../ports.js';
import type { OverviewBackend, OverviewService, OverviewTraffic } from '../resources/event.resource.js';
import { StatusSum, statusesIn } from './status.rates.js';
import {
  BackendWindow,
  droppedIn,
  dropsIn,
  ExchangeWindow,
  latencyIn,
  perSecond,
  retriesIn,
} from './traffic.rates.js';

/** Regions of the workers, each list in their order. */
interface Regions {
  readonly ledger: readonly Float64Array[];
  readonly latency: readonly Float64Array[];
  readonly serviceLedger: readonly Float64Array[];
  readonly serviceLatency: readonly Float64Array[];
  readonly retries: readonly Float64Array[];
  readonly backendCounters: readonly Float64Array[];
  readonly traffic: readonly Float64Array[];
}

interface Sums {
  retries: number;
  bytesIn: number;
  bytesOut: number;
  waiting: number;
  readonly statuses: StatusSum;
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
  private readonly regions: Regions;
  private all = new ExchangeWindow();
  private services = new Map<string, ExchangeWindow>();
  private backends = new Map<string, BackendWindow>();
  /** Monotonic milliseconds; 0: none yet. */
  private lookedAt = 0;
  private periodMs = 0;

  constructor(private readonly parts: SamplerParts) {
    super();
    const { workers } = parts.memory;
    this.regions = {
      ledger: workers.map((own) => own.ledger),
      latency: workers.map((own) => own.latency),
      serviceLedger: workers.map((own) => own.serviceLedger),
      serviceLatency: workers.map((own) => own.serviceLatency),
      retries: workers.map((own) => own.retries),
      backendCounters: workers.map((own) => own.backendCounters),
      traffic: workers.map((own) => own.traffic.services),
    };
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
    const sums: Sums = { retries: 0, bytesIn: 0, bytesOut: 0, waiting: 0, statuses: new StatusSum() };
    const services: Record<string, OverviewService> = {};
    const publication = this.parts.publications.current();
    for (const { snapshot } of publication?.services ?? []) {
      this.services.set(snapshot.name, known.services.get(snapshot.name) ?? new ExchangeWindow());
      for (const { id } of snapshot.backends) {
        this.backends.set(id, known.backends.get(id) ?? new BackendWindow());
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
    this.all.ledger.look(this.regions.ledger, 0);
    this.all.latency.look(this.regions.latency, 0);
    // The row behind the last service: exchanges that found none.
    const unrouted = this.parts.memory.shape.serviceCapacity * TRAFFIC_CELLS;
    sums.statuses.add(this.all.traffic.look(this.regions.traffic, unrouted));
    return this.trafficView(this.all, sums);
  }

  private serviceView(service: ServiceSnapshot, all: Sums): OverviewService {
    const window = this.services.get(service.name)!;
    const { regions } = this;
    window.ledger.look(regions.serviceLedger, service.slot * LEDGER_CELLS);
    window.latency.look(regions.serviceLatency, service.slot * LATENCY_BUCKETS);
    const retries = retriesIn(window.retries.look(regions.retries, service.slot * RETRY_COUNTERS));
    const statuses = new StatusSum();
    statuses.add(window.traffic.look(regions.traffic, service.slot * TRAFFIC_CELLS));
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
    all.statuses.add(statuses.cells);
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
      received: ledger.total(LedgerCell.received),
      requests: perSecond(gained[LedgerCell.received]!, periodMs),
      forwarded: perSecond(gained[LedgerCell.forwarded]!, periodMs),
      dropped: perSecond(droppedIn(gained), periodMs),
      drops: dropsIn(gained, periodMs),
      statuses: statusesIn(sums.statuses.cells, periodMs),
      errors: perSecond(gained[LedgerCell.serverErrors]!, periodMs),
      retries: perSecond(sums.retries, periodMs),
      bytesIn: perSecond(sums.bytesIn, periodMs),
      bytesOut: perSecond(sums.bytesOut, periodMs),
      latency: latencyIn(latency.gained),
      inFlight: openIn(ledger),
      waiting: sums.waiting,
    };
  }

  private backendView(backend: BackendSnapshot, sums: Sums): OverviewBackend {
    const { states, memory, outages } = this.parts;
    const { id, slot, url, weight, backup } = backend;
    const window = this.backends.get(id)!;
    window.counters.look(this.regions.backendCounters, slot * BACKEND_COUNTERS);
    const count = (counter: keyof typeof BackendCounter) => window.gained(BackendCounter[counter]);
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

/** Begun and not ended. */
function openIn(ledger: ExchangeWindow['ledger']): number {
  let ended = ledger.total(LedgerCell.forwarded);
  for (let cell: number = LedgerCell.drops; cell < LedgerCell.serverErrors; cell++)
    ended += ledger.total(cell);
  return Math.max(0, ledger.total(LedgerCell.received) - ended);
}
