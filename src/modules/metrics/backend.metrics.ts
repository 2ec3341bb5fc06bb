import {
  ADMIN_STATES,
  BACKEND_CELLS,
  BACKEND_COUNTERS,
  BackendCell,
  BackendCounter,
  BackendStates,
  CircuitCell,
  HEALTH_STATES,
  OUTCOME_CELLS,
  OutcomeCell,
  type SharedMemory,
} from '../../common/contract/index.js';
import { BREAKER_LEGEND, breakerValue } from './breaker.value.js';
import { BACKEND_BUCKETS } from './latency.buckets.js';
import { counter, counters, gauge, histogram, type SlotMetric, state } from './slot.metric.js';
import { STATUS_LABELS } from './status.labels.js';
import { WorkerSums } from './worker.sums.js';

/** What each backend has. */
export function backendMetrics(memory: SharedMemory): readonly SlotMetric[] {
  const sums = new WorkerSums(
    memory.workers.map((cells) => cells.backendCounters),
    BACKEND_COUNTERS,
  );
  return [...traffic(memory, sums), ...states(memory), ...outages(memory)];
}

function traffic({ workers }: SharedMemory, sums: WorkerSums): SlotMetric[] {
  const count = (name: string, help: string, cell: number) =>
    counter(`velocity_backend_${name}_total`, help, (slot) => sums.at(slot, cell));
  return [
    count('attempts', 'Tries to have an exchange answered by the backend.', BackendCounter.attempts),
    count('failures', 'Attempts that ended without a whole response.', BackendCounter.failures),
    count('server_errors', 'Attempts answered with a status of 500 or more.', BackendCounter.serverErrors),
    counters(
      {
        name: 'velocity_backend_responses_total',
        help: 'Responses of the backend by status class, also those that were thrown away for another try.',
      },
      'status',
      STATUS_LABELS,
      (slot, index) => sums.at(slot, BackendCounter.statuses + index),
    ),
    count('request_bytes', 'Body bytes sent to the backend.', BackendCounter.bytesIn),
    count('response_bytes', 'Body bytes received from the backend.', BackendCounter.bytesOut),
    histogram(
      {
        name: 'velocity_backend_latency_seconds',
        help: 'Time that the backend took from the pick to the head of its response.',
      },
      BACKEND_BUCKETS,
      workers.map((cells) => cells.traffic.backendLatency),
      (slot) => sums.at(slot, BackendCounter.latencyUs),
    ),
  ];
}

function states(memory: SharedMemory): SlotMetric[] {
  const backends = new BackendStates(memory);
  return [
    gauge('velocity_backend_in_flight', 'Exchanges now at the backend.', (slot) => backends.inFlight(slot)),
    state('velocity_backend_up', '1: the backend is available for new exchanges.', (slot) =>
      Number(backends.isAvailable(slot)),
    ),
    state('velocity_backend_health', `Verdict of the probes. ${legend(HEALTH_STATES)}.`, (slot) =>
      HEALTH_STATES.indexOf(backends.health(slot)),
    ),
    state('velocity_backend_admin_state', `Will of the operator. ${legend(ADMIN_STATES)}.`, (slot) =>
      ADMIN_STATES.indexOf(backends.adminState(slot)),
    ),
  ];
}

function outages({ backends, outcomes }: SharedMemory): SlotMetric[] {
  const cell = (slot: number, at: number) => Atomics.load(backends, slot * BACKEND_CELLS + at);
  const total = (slot: number, at: number) => Atomics.load(outcomes.backends, slot * OUTCOME_CELLS + at);
  return [
    state('velocity_backend_ejected', '1: the backend is ejected because of consecutive failures.', (slot) =>
      Number(cell(slot, BackendCell.ejectedUntil) !== 0),
    ),
    counter('velocity_backend_ejections_total', 'How often the backend was ejected.', (slot) =>
      total(slot, OutcomeCell.ejectionsTotal),
    ),
    state('velocity_breaker_state', `Circuit breaker of the backend. ${BREAKER_LEGEND}.`, (slot) =>
      breakerValue(cell(slot, BackendCell.circuit + CircuitCell.state)),
    ),
    counter(
      'velocity_breaker_openings_total',
      'How often the circuit breaker of the backend has opened.',
      (slot) => total(slot, OutcomeCell.openingsTotal),
    ),
  ];
}

/** `0: unknown, 1: healthy, ...` */
function legend(names: readonly string[]): string {
  return names.map((name, index) => `${index}: ${name}`).join(', ');
}
