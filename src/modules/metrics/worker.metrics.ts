import { LoopCell } from '../../common/contract/index.js';
import { type ExpositionWriter, labelPairs, labelText } from './exposition.writer.js';
import { WAIT_BUCKETS } from './latency.buckets.js';
import type { MetricsSource } from './metrics.source.js';

const MICROSECONDS = 1_000_000;

/** The workers of the data plane, one by one: there are few. */
export class WorkerMetrics {
  private readonly values = new Float64Array(WAIT_BUCKETS.width);

  constructor(private readonly source: Pick<MetricsSource, 'memory' | 'workers'>) {}

  write(writer: ExpositionWriter): void {
    const workers = this.source.workers();
    const listening = workers.filter(({ state }) => state === 'listening').length;
    writer.single('velocity_workers', 'gauge', 'Data-plane workers that shall run.', workers.length);
    writer.single(
      'velocity_workers_listening',
      'gauge',
      'Data-plane workers that accept connections.',
      listening,
    );
    writer.metric(
      'velocity_worker_restarts_total',
      'counter',
      'Times that the worker ended and was replaced.',
    );
    for (const { worker, restarts } of workers) writer.sample(labelText({ worker: `${worker}` }), restarts);
    writer.metric('velocity_worker_generation', 'gauge', 'Number of the snapshot that the worker runs on.');
    for (const { worker, generation } of workers)
      writer.sample(labelText({ worker: `${worker}` }), generation);
    this.writeLoops(writer);
  }

  private writeLoops(writer: ExpositionWriter): void {
    const { workers } = this.source.memory;
    const labels = workers.map((_, worker) => labelPairs({ worker: `${worker}` }));
    writer.metric(
      'velocity_worker_loop_delay_seconds',
      'histogram',
      'How late the event loop of the worker comes to a timer, sampled ten times a second.',
    );
    for (const [index, { traffic }] of workers.entries()) {
      WAIT_BUCKETS.collect([traffic.loopDelays], 0, traffic.loop[LoopCell.delayUs]!, this.values);
      writer.histogram(labels[index]!, WAIT_BUCKETS.bounds, this.values);
    }
    writer.metric(
      'velocity_worker_loop_seconds_total',
      'counter',
      'Time of the event loop of the worker, by whether it ran something (active) or waited (idle).',
    );
    for (const [index, { traffic }] of workers.entries()) {
      for (const [state, cell] of STATES) {
        const seconds = traffic.loop[cell]! / MICROSECONDS;
        writer.sample(`{${labels[index]!},${labelPairs({ state })}}`, seconds);
      }
    }
  }
}

const STATES = [
  ['active', LoopCell.activeUs],
  ['idle', LoopCell.idleUs],
] as const;
