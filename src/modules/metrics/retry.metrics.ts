import { RETRY_COUNTERS, RetryCounter, type SharedMemory } from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';
import { type ExpositionWriter, labelText } from './exposition.writer.js';
import { WorkerSums } from './worker.sums.js';

const RETRY_RESULTS = [
  ['made', RetryCounter.retries],
  ['budget_exhausted', RetryCounter.refused],
] as const;
const HEDGE_RESULTS = [
  ['made', RetryCounter.hedges],
  ['won', RetryCounter.hedgesWon],
  ['budget_exhausted', RetryCounter.hedgesRefused],
] as const;

/** What became of the wish to try again. */
export class RetryMetrics {
  private readonly counters: WorkerSums;

  constructor(memory: SharedMemory) {
    this.counters = new WorkerSums(
      memory.workers.map((cells) => cells.retries),
      RETRY_COUNTERS,
    );
  }

  writeServices(writer: ExpositionWriter, services: readonly PublishedService[]): void {
    writer.metric(
      'velocity_retries_total',
      'counter',
      'Further tries after a failed one: made, or not for want of budget.',
    );
    this.write(writer, services, RETRY_RESULTS);
    writer.metric(
      'velocity_hedges_total',
      'counter',
      'Second attempts beside a slow one: made, of these answered first (won), or not made for want of budget.',
    );
    this.write(writer, services, HEDGE_RESULTS);
  }

  private write(
    writer: ExpositionWriter,
    services: readonly PublishedService[],
    results: readonly (readonly [string, number])[],
  ): void {
    for (const { snapshot } of services) {
      for (const [result, cell] of results) {
        writer.sample(labelText({ service: snapshot.name, result }), this.counters.at(snapshot.slot, cell));
      }
    }
  }
}
