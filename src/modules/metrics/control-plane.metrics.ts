import { type ExpositionWriter, labelText } from './exposition.writer.js';
import type { MetricsSource } from './metrics.source.js';

/** The balancer about itself: version, configuration, store, Redis. */
export class ControlPlaneMetrics {
  constructor(private readonly source: MetricsSource) {}

  write(writer: ExpositionWriter): void {
    this.writeBuild(writer);
    this.writeConfiguration(writer);
    this.writeStore(writer);
    this.writeSharedLimits(writer);
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
    writer.single(
      'velocity_config_last_reload_success_timestamp_seconds',
      'gauge',
      'When the configuration file was last loaded successfully, in Unix time.',
      reload.successTime / 1_000,
    );
  }

  private writeStore(writer: ExpositionWriter): void {
    const { state, since } = this.source.store();
    const isConnected = state === 'connected';
    writer.single('velocity_store_connected', 'gauge', '1: the store answers.', Number(isConnected));
    writer.single(
      'velocity_store_state_since_timestamp_seconds',
      'gauge',
      'Since when the store has answered, or has been away, in Unix time.',
      since / 1_000,
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
}
