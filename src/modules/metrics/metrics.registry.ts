import { Registry } from 'prom-client';
import type { PublishedService } from '../data-plane/index.js';
import { BlocklistMetrics } from './blocklist.metrics.js';
import { ConnectionMetrics } from './connection.metrics.js';
import { ControlPlaneMetrics } from './control-plane.metrics.js';
import { DiscoveryMetrics } from './discovery.metrics.js';
import { type ExpositionFormat, ExpositionWriter } from './exposition.writer.js';
import { LedgerMetrics } from './ledger.metrics.js';
import { LogMetrics } from './log.metrics.js';
import type { MetricsSource } from './metrics.source.js';
import { ProcessMetrics } from './process.metrics.js';
import { ScalingMetrics } from './scaling.metrics.js';
import { type SeriesLimits, TrafficSeries } from './traffic.series.js';
import { WorkerMetrics } from './worker.metrics.js';

/** Services and backends that get series of their own; see {@link MetricsRegistry}. */
export const SERIES_LIMITS: SeriesLimits = { services: 1_000, backends: 1_000 };

/** A page for Prometheus. */
export interface Exposition {
  readonly mediaType: string;
  readonly text: string;
}

const MEDIA_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};

/**
 * The read-out for Prometheus, made from the shared counters when it is asked for: a scrape costs the workers nothing.
 *
 * Labels carry names and ids, never slots. The series of a service or backend that is removed end; whoever gets its slot
 * starts at 0 (the data plane clears the slot's counters then), and so does the same service or backend when it comes
 * back, which Prometheus takes for a reset. The totals without a service label keep what removed services contributed.
 *
 * Only the first services and backends in the order of the configuration get series of their own (those keep theirs when
 * others are added behind them); the others are added up as `_other`, and `velocity_folded` tells how many they are.
 * {@link scrapeService} gives the series of one service's backends, all of them.
 */
export class MetricsRegistry {
  private readonly process = new ProcessMetrics();
  private readonly ledger: LedgerMetrics;
  private readonly traffic: TrafficSeries;
  private readonly connections: ConnectionMetrics;
  private readonly blocklist: BlocklistMetrics;
  private readonly discovery: DiscoveryMetrics;
  private readonly controlPlane: ControlPlaneMetrics;
  private readonly logs: LogMetrics;
  private readonly scaling: ScalingMetrics;
  private readonly workers: WorkerMetrics;

  constructor(
    private readonly source: MetricsSource,
    limits = SERIES_LIMITS,
  ) {
    const { memory, publication } = source;
    this.ledger = new LedgerMetrics(memory);
    this.traffic = new TrafficSeries(memory, this.ledger, limits);
    this.connections = new ConnectionMetrics(memory);
    this.blocklist = new BlocklistMetrics(source);
    this.discovery = new DiscoveryMetrics(source);
    this.controlPlane = new ControlPlaneMetrics(source);
    this.logs = new LogMetrics(source);
    this.scaling = new ScalingMetrics(source, limits.services);
    this.workers = new WorkerMetrics(source);
    this.follow(this.services());
    publication.onPublished(({ services }) => this.follow(services));
  }

  /**
   * Everything.
   *
   * @param accept The `Accept` field of the request: whoever names OpenMetrics gets that, as Prometheus does.
   */
  async scrape(accept = ''): Promise<Exposition> {
    const format = formatFor(accept);
    const writer = new ExpositionWriter(format);
    this.controlPlane.write(writer);
    this.logs.write(writer);
    this.workers.write(writer);
    this.connections.write(writer);
    this.blocklist.write(writer);
    this.discovery.write(writer);
    this.ledger.write(writer);
    this.traffic.write(writer);
    this.scaling.write(writer);
    await this.process.write(writer);
    return { mediaType: MEDIA_TYPES[format], text: writer.toString() };
  }

  /** Only one service and all of its backends; null: there is no such service. */
  scrapeService(name: string, accept = ''): Exposition | null {
    const service = this.services().find(({ snapshot }) => snapshot.name === name);
    if (service === undefined) return null;
    const format = formatFor(accept);
    const writer = new ExpositionWriter(format);
    this.traffic.writeService(writer, service);
    return { mediaType: MEDIA_TYPES[format], text: writer.toString() };
  }

  private follow(services: readonly PublishedService[]): void {
    this.ledger.follow(services);
    this.traffic.follow(services);
  }

  private services(): readonly PublishedService[] {
    return this.source.publication.current()?.services ?? [];
  }
}

function formatFor(accept: string): ExpositionFormat {
  return accept.includes('application/openmetrics-text') ? 'openmetrics' : 'prometheus';
}
