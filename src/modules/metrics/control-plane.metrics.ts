import { type ExpositionWriter, labelText } from './exposition.writer.js';
import type { MetricsSource, RecordFlow } from './metrics.source.js';

/** The balancer about itself: version, configuration, logs, store and workers. */
export class ControlPlaneMetrics {
  constructor(private readonly source: MetricsSource) {}

  write(writer: ExpositionWriter): void {
    this.writeBuild(writer);
    this.writeConfiguration(writer);
    writeFlow(writer, 'velocity_access_log', 'Access-log records', this.source.accessLog());
    writeFlow(writer, 'velocity_health_log', 'Health-log records', this.source.healthLog());
    const connected = Number(this.source.isStoreConnected());
    writer.single('velocity_store_connected', 'gauge', '1: the store answers.', connected);
    this.writeSharedLimits(writer);
    this.writeWorkers(writer);
  }

  private writeBuild(writer: ExpositionWriter): void {
    writer.metric('velocity_build_info', 'gauge', 'Always 1: tells which program runs.');
    writer.sample(labelText({ version: this.source.version, node: process.version }), 1);
  }

  private writeConfiguration(writer: ExpositionWriter): void {
    const generation = this.source.publication.current()?.snapshot.generation ?? 0;
    const reload = this.source.reload();
    writer.single(
      'velocity_config_generation',
      'gauge',
      'Number of the snapshot that is published.',
      generation,
    );
    writer.single(
      'velocity_config_last_reload_success',
      'gauge',
      '1: the last load of the configuration file succeeded.',
      Number(reload.success),
    );
    writer.single(
      'velocity_config_last_reload_timestamp_seconds',
      'gauge',
      'When the configuration file was last loaded, successfully or not, in Unix time.',
      reload.time / 1_000,
    );
  }

  private writeSharedLimits(writer: ExpositionWriter): void {
    const { state, asked, refused, alone } = this.source.sharedLimits();
    writer.single(
      'velocity_shared_limits_up',
      'gauge',
      '0: Redis is away, and rate limits that balancers share count in this one alone.',
      Number(state !== 'away'),
    );
    writer.metric(
      'velocity_shared_limits_exchanges_total',
      'counter',
      'Exchanges that shared rate limits applied to: asked Redis, refused by it, decided alone.',
    );
    writer.sample('{result="asked"}', asked);
    writer.sample('{result="refused"}', refused);
    writer.sample('{result="alone"}', alone);
  }

  private writeWorkers(writer: ExpositionWriter): void {
    const workers = this.source.workers();
    const listening = workers.filter(({ state }) => state === 'listening').length;
    const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
    writer.single('velocity_workers', 'gauge', 'Data-plane workers that shall run.', workers.length);
    writer.single(
      'velocity_workers_listening',
      'gauge',
      'Data-plane workers that accept connections.',
      listening,
    );
    writer.single(
      'velocity_worker_restarts_total',
      'counter',
      'Workers that ended and were replaced.',
      restarts,
    );
  }
}

function writeFlow(writer: ExpositionWriter, prefix: string, noun: string, flow: RecordFlow): void {
  writer.single(`${prefix}_received_total`, 'counter', `${noun} made.`, flow.received);
  writer.single(`${prefix}_stored_total`, 'counter', `${noun} that the store has acknowledged.`, flow.stored);
  writer.single(`${prefix}_lost_total`, 'counter', `${noun} given up.`, flow.lost);
  writer.single(`${prefix}_buffered`, 'gauge', `${noun} that wait for the store.`, flow.buffered);
}
