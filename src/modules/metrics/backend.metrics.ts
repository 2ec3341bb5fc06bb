import {
  ADMIN_STATES,
  BACKEND_CELLS,
  BACKEND_COUNTERS,
  BackendCell,
  CircuitCell,
  OUTCOME_CELLS,
  OutcomeCell,
  type BackendSnapshot,
  BackendCounter,
  BackendStates,
  HEALTH_STATES,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';
import { type ExpositionWriter, labelText, type MetricType } from './exposition.writer.js';
import { BREAKER_LEGEND, breakerValue } from './outage.metrics.js';
import { WorkerSums } from './worker.sums.js';

interface BackendMetric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly read: (slot: number) => number;
}

/** A backend with its labels, ready to be written. */
interface LabelledBackend {
  readonly slot: number;
  readonly labels: string;
}

/** What is counted per backend, and how many backends of a service there are. */
export class BackendMetrics {
  private readonly counters: WorkerSums;
  private readonly states: BackendStates;
  private readonly metrics: readonly BackendMetric[];

  constructor(private readonly memory: SharedMemory) {
    this.counters = new WorkerSums(
      memory.workers.map((cells) => cells.backendCounters),
      BACKEND_COUNTERS,
    );
    this.states = new BackendStates(memory);
    this.metrics = [...this.counterMetrics(), ...this.stateMetrics(), ...this.outageMetrics()];
  }

  /** Complete, however many backends there are. */
  writeServices(writer: ExpositionWriter, services: readonly PublishedService[]): void {
    const labels = services.map(({ snapshot }) => labelText({ service: snapshot.name }));
    writer.metric('velocity_service_backends', 'gauge', 'Backends of the service.');
    labels.forEach((label, index) => writer.sample(label, services[index]!.snapshot.backends.length));
    writer.metric(
      'velocity_service_backends_available',
      'gauge',
      'Backends of the service that are in rotation or could be.',
    );
    labels.forEach((label, index) =>
      writer.sample(label, this.available(services[index]!.snapshot.backends)),
    );
  }

  /** Series of single backends, of the first `limit` in the order of the configuration. Returns how many were left out. */
  writeBackends(writer: ExpositionWriter, services: readonly PublishedService[], limit: number): number {
    const backends: LabelledBackend[] = [];
    let omitted = 0;
    writer.metric('velocity_backend_info', 'gauge', 'Always 1: tells which URL a backend id stands for.');
    for (const { snapshot: service } of services) {
      for (const { id, slot, url } of service.backends) {
        if (backends.length >= limit) {
          omitted++;
          continue;
        }
        backends.push({ slot, labels: labelText({ service: service.name, backend: id }) });
        writer.sample(labelText({ service: service.name, backend: id, url }), 1);
      }
    }
    for (const { name, type, help, read } of this.metrics) {
      writer.metric(name, type, help);
      for (const { slot, labels } of backends) writer.sample(labels, read(slot));
    }
    return omitted;
  }

  private available(backends: readonly BackendSnapshot[]): number {
    let count = 0;
    for (const { slot } of backends) if (this.states.isAvailable(slot)) count++;
    return count;
  }

  private counterMetrics(): BackendMetric[] {
    const counter = (name: string, help: string, cell: number, scale = 1): BackendMetric => ({
      name: `velocity_backend_${name}_total`,
      type: 'counter',
      help,
      read: (slot) => this.counters.at(slot, cell) / scale,
    });
    return [
      counter('attempts', 'Tries to have an exchange answered by the backend.', BackendCounter.attempts),
      counter('failures', 'Attempts that ended without a whole response.', BackendCounter.failures),
      counter(
        'server_errors',
        'Attempts answered with a status of 500 or more.',
        BackendCounter.serverErrors,
      ),
      counter('request_bytes', 'Body bytes sent to the backend.', BackendCounter.bytesIn),
      counter('response_bytes', 'Body bytes received from the backend.', BackendCounter.bytesOut),
      counter(
        'latency_seconds',
        'Summed latency of the attempts; divide its rate by that of the attempts.',
        BackendCounter.latencyUs,
        1_000_000,
      ),
    ];
  }

  private outageMetrics(): BackendMetric[] {
    const { backends, outcomes } = this.memory;
    const cell = (slot: number, at: number) => Atomics.load(backends, slot * BACKEND_CELLS + at);
    const total = (slot: number, at: number) => Atomics.load(outcomes.backends, slot * OUTCOME_CELLS + at);
    return [
      {
        name: 'velocity_backend_ejected',
        type: 'gauge',
        help: '1: the backend is ejected because of consecutive failures.',
        read: (slot) => Number(cell(slot, BackendCell.ejectedUntil) !== 0),
      },
      {
        name: 'velocity_backend_ejections_total',
        type: 'counter',
        help: 'How often the backend was ejected.',
        read: (slot) => total(slot, OutcomeCell.ejectionsTotal),
      },
      {
        name: 'velocity_breaker_state',
        type: 'gauge',
        help: `Circuit breaker of the backend. ${BREAKER_LEGEND}.`,
        read: (slot) => breakerValue(cell(slot, BackendCell.circuit + CircuitCell.state)),
      },
      {
        name: 'velocity_breaker_openings_total',
        type: 'counter',
        help: 'How often the circuit breaker of the backend has opened.',
        read: (slot) => total(slot, OutcomeCell.openingsTotal),
      },
    ];
  }

  private stateMetrics(): BackendMetric[] {
    const gauge = (name: string, help: string, read: (slot: number) => number): BackendMetric => ({
      name: `velocity_backend_${name}`,
      type: 'gauge',
      help,
      read,
    });
    return [
      gauge('in_flight', 'Exchanges now at the backend.', (slot) => this.states.inFlight(slot)),
      gauge('up', '1: the backend is available for new exchanges.', (slot) =>
        Number(this.states.isAvailable(slot)),
      ),
      gauge('health', `${legend(HEALTH_STATES)}.`, (slot) => HEALTH_STATES.indexOf(this.states.health(slot))),
      gauge('admin_state', `${legend(ADMIN_STATES)}.`, (slot) =>
        ADMIN_STATES.indexOf(this.states.adminState(slot)),
      ),
    ];
  }
}

/** `0: unknown, 1: healthy, ...` */
function legend(names: readonly string[]): string {
  return names.map((name, index) => `${index}: ${name}`).join(', ');
}
