import { collectDefaultMetrics, Registry } from 'prom-client';
import type { PublishedService } from '../data-plane/index.js';
import { BackendMetrics } from './backend.metrics.js';
import { ConnectionMetrics } from './connection.metrics.js';
import { ControlPlaneMetrics } from './control-plane.metrics.js';
import { ExpositionWriter } from './exposition.writer.js';
import { LedgerMetrics } from './ledger.metrics.js';
import { MirrorMetrics } from './mirror.metrics.js';
import type { MetricsSource } from './metrics.source.js';
import { RetryMetrics } from './retry.metrics.js';

/** Backends that get series of their own; see {@link MetricsRegistry}. */
export const MAX_BACKEND_SERIES = 2_000;

/**
 * The read-out for Prometheus, made from the shared counters when it is asked for: a scrape costs the workers nothing.
 *
 * Labels carry names and ids, never slots. The series of a service or backend that is removed end; whoever gets its slot
 * starts at 0 (the data plane clears the slot's counters then), and so does the same service or backend when it comes
 * back, which Prometheus takes for a reset. The totals without a service label keep what removed services contributed.
 *
 * Single backends have about ten series each, so only the first 2,000 in the order of the configuration get them (those
 * keep theirs when others are added behind them); `velocity_backend_series_omitted` tells how many backends have none.
 * Sums per service are always complete, and {@link scrapeService} gives the series of one service's backends, all of them.
 */
export class MetricsRegistry {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly process = new Registry();
  private readonly ledger: LedgerMetrics;
  private readonly backends: BackendMetrics;
  private readonly retries: RetryMetrics;
  private readonly connections: ConnectionMetrics;
  private readonly controlPlane: ControlPlaneMetrics;
  private readonly mirrors: MirrorMetrics;

  constructor(
    private readonly source: MetricsSource,
    private readonly maxBackendSeries = MAX_BACKEND_SERIES,
  ) {
    const { memory, publication } = source;
    this.ledger = new LedgerMetrics(memory);
    this.backends = new BackendMetrics(memory);
    this.retries = new RetryMetrics(memory);
    this.connections = new ConnectionMetrics(memory);
    this.controlPlane = new ControlPlaneMetrics(source);
    this.mirrors = new MirrorMetrics(memory);
    this.ledger.follow(this.services());
    publication.onPublished(({ services }) => this.ledger.follow(services));
    // The loop's delay is sampled with a timer of this period; the default of 10 ms would wake an idle process.
    collectDefaultMetrics({ register: this.process, eventLoopMonitoringPrecision: 100 });
  }

  /** Everything, in the Prometheus text format. */
  async scrape(): Promise<string> {
    const services = this.services();
    const writer = new ExpositionWriter();
    this.controlPlane.write(writer);
    this.connections.write(writer);
    this.ledger.writeTotals(writer);
    this.ledger.writeServices(writer, services);
    this.ledger.writeDrops(writer, services);
    this.retries.writeServices(writer, services);
    this.mirrors.write(writer, services);
    this.backends.writeServices(writer, services);
    const omitted = this.backends.writeBackends(writer, services, this.maxBackendSeries);
    writer.single(
      'velocity_backend_series_omitted',
      'gauge',
      'Backends without series of their own.',
      omitted,
    );
    return writer.toString() + (await this.process.metrics());
  }

  /** Only one service and all of its backends; null: there is no such service. */
  scrapeService(name: string): string | null {
    const services = this.services().filter(({ snapshot }) => snapshot.name === name);
    if (services.length === 0) return null;
    const writer = new ExpositionWriter();
    this.ledger.writeServices(writer, services);
    this.ledger.writeDropsOf(writer, services);
    this.retries.writeServices(writer, services);
    this.mirrors.write(writer, services);
    this.backends.writeServices(writer, services);
    this.backends.writeBackends(writer, services, Infinity);
    return writer.toString();
  }

  private services(): readonly PublishedService[] {
    return this.source.publication.current()?.services ?? [];
  }
}
