import {
  CircuitCell,
  CircuitState,
  OUTCOME_CELLS,
  OutcomeCell,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';
import { type ExpositionWriter, labelText } from './exposition.writer.js';

/** What stands for each state of a breaker: the worse the higher. */
const VALUES: Readonly<Record<number, number>> = {
  [CircuitState.closed]: 0,
  [CircuitState.halfOpen]: 1,
  [CircuitState.open]: 2,
};
export const BREAKER_LEGEND = '0: closed, 1: half-open, 2: open';

/** The number that stands for a breaker's state in a metric. */
export function breakerValue(state: number): number {
  return VALUES[state] ?? 0;
}

/** The breakers of services as a whole. Those of single backends are among the series of backends. */
export class OutageMetrics {
  constructor(private readonly memory: SharedMemory) {}

  writeServices(writer: ExpositionWriter, services: readonly PublishedService[]): void {
    const { memory } = this;
    const labels = services.map(({ snapshot }) => labelText({ service: snapshot.name }));
    writer.metric(
      'velocity_service_breaker_state',
      'gauge',
      `Circuit breaker of the service as a whole. ${BREAKER_LEGEND}.`,
    );
    labels.forEach((label, index) => {
      const row = services[index]!.snapshot.slot * SERVICE_CELLS + ServiceCell.circuit;
      writer.sample(label, breakerValue(Atomics.load(memory.services, row + CircuitCell.state)));
    });
    writer.metric('velocity_service_breaker_openings_total', 'counter', 'How often that breaker has opened.');
    labels.forEach((label, index) => {
      const row = services[index]!.snapshot.slot * OUTCOME_CELLS;
      writer.sample(label, Atomics.load(memory.outcomes.services, row + OutcomeCell.openingsTotal));
    });
  }
}
