import {
  BackendStates,
  CircuitCell,
  LEDGER_CELLS,
  LedgerCell,
  OUTCOME_CELLS,
  OutcomeCell,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
  TRAFFIC_CELLS,
  TrafficCell,
} from '../../common/contract/index.js';
import { BREAKER_LEGEND, breakerValue } from './breaker.value.js';
import { SERVICE_BUCKETS, WAIT_BUCKETS } from './latency.buckets.js';
import type { ServicesBySlot } from './services.by-slot.js';
import { counter, counters, gauge, histogram, type SlotMetric, state } from './slot.metric.js';
import { STATUS_LABELS } from './status.labels.js';
import { WorkerSums } from './worker.sums.js';

/** What each service has of its own, apart from drops. */
export function serviceMetrics(memory: SharedMemory, services: ServicesBySlot): readonly SlotMetric[] {
  const { workers } = memory;
  const cells = new WorkerSums(
    workers.map((worker) => worker.traffic.services),
    TRAFFIC_CELLS,
  );
  return [
    ...exchanges(memory, cells),
    histogram(
      {
        name: 'velocity_latency_seconds',
        help: 'Time from the head of a request to the head of its response, of exchanges that a backend answered.',
      },
      SERVICE_BUCKETS,
      workers.map((worker) => worker.serviceLatency),
      (slot) => cells.at(slot, TrafficCell.latencyUs),
    ),
    queueWaits(memory, cells),
    ...gauges(memory),
    ...backendCounts(memory, services),
    ...breaker(memory),
  ];
}

/** Only services that have let somebody wait have series. */
function queueWaits({ workers }: SharedMemory, cells: WorkerSums): SlotMetric {
  const queuedUs = (slot: number) => cells.at(slot, TrafficCell.queuedUs);
  const metric = histogram(
    { name: 'velocity_queue_wait_seconds', help: 'Time in the queue, of exchanges that had to wait.' },
    WAIT_BUCKETS,
    workers.map((worker) => worker.traffic.queueWaits),
    queuedUs,
  );
  return { ...metric, has: (slot) => queuedUs(slot) > 0 };
}

function exchanges(memory: SharedMemory, cells: WorkerSums): SlotMetric[] {
  const ledger = new WorkerSums(
    memory.workers.map((worker) => worker.serviceLedger),
    LEDGER_CELLS,
  );
  return [
    counter('velocity_exchanges_routed_total', 'Exchanges for which a service was found.', (slot) =>
      ledger.at(slot, LedgerCell.received),
    ),
    counter(
      'velocity_exchanges_forwarded_total',
      'Exchanges answered with the response of a backend.',
      (slot) => ledger.at(slot, LedgerCell.forwarded),
    ),
    responses(cells, memory.shape.serviceCapacity),
  ];
}

/** @param unrouted Row of the exchanges for which no service was found: theirs is an empty label. */
function responses(cells: WorkerSums, unrouted: number): SlotMetric {
  const metric = counters(
    {
      name: 'velocity_responses_total',
      help: 'Exchanges ended, by the class of the status that the client was answered or would have been.',
    },
    'status',
    STATUS_LABELS,
    (slot, index) => cells.at(slot, TrafficCell.statuses + index),
  );
  const values = new Float64Array(metric.width);
  return {
    ...metric,
    rest(writer) {
      metric.collect(unrouted, values);
      metric.write(writer, 'service=""', values);
    },
  };
}

function gauges({ services }: SharedMemory): SlotMetric[] {
  const cell = (at: number) => (slot: number) => Atomics.load(services, slot * SERVICE_CELLS + at);
  return [
    gauge(
      'velocity_exchanges_in_flight',
      'Exchanges of the service that are not ended.',
      cell(ServiceCell.inFlight),
    ),
    gauge('velocity_service_permits', 'Exchanges that run under `maxInFlight`.', cell(ServiceCell.permits)),
    gauge(
      'velocity_service_waiting',
      'Exchanges that wait for a turn or a backend.',
      cell(ServiceCell.waiting),
    ),
  ];
}

function backendCounts(memory: SharedMemory, services: ServicesBySlot): SlotMetric[] {
  const states = new BackendStates(memory);
  return [
    gauge('velocity_service_backends', 'Backends of the service.', (slot) => services.backends(slot).length),
    gauge(
      'velocity_service_backends_available',
      'Backends of the service that are in rotation or could be.',
      (slot) => services.backends(slot).filter((backend) => states.isAvailable(backend.slot)).length,
    ),
  ];
}

/** The breakers of services as a whole. Those of single backends are among the series of backends. */
function breaker({ services, outcomes }: SharedMemory): SlotMetric[] {
  return [
    state(
      'velocity_service_breaker_state',
      `Circuit breaker of the service as a whole. ${BREAKER_LEGEND}.`,
      (slot) =>
        breakerValue(Atomics.load(services, slot * SERVICE_CELLS + ServiceCell.circuit + CircuitCell.state)),
    ),
    counter('velocity_service_breaker_openings_total', 'How often that breaker has opened.', (slot) =>
      Atomics.load(outcomes.services, slot * OUTCOME_CELLS + OutcomeCell.openingsTotal),
    ),
  ];
}
