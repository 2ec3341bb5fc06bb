import type { SharedMemory } from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';
import { backendMetrics } from './backend.metrics.js';
import { type ExpositionWriter, labelPairs } from './exposition.writer.js';
import type { LedgerMetrics } from './ledger.metrics.js';
import { mirrorMetric } from './mirror.metrics.js';
import { retryMetrics } from './retry.metrics.js';
import { serviceMetrics } from './service.metrics.js';
import { ServicesBySlot } from './services.by-slot.js';
import { type LabelledSlot, SlotSeries } from './slot.series.js';

/** Services and backends with series of their own. */
export interface SeriesLimits {
  readonly services: number;
  readonly backends: number;
}

/** What stands for those without. No service is named like that: names are labels of the DNS. */
const OTHER = '_other';

interface LabelledBackend extends LabelledSlot {
  readonly url: string;
}

/** All that is told by service or by backend. */
export class TrafficSeries {
  private readonly bySlot = new ServicesBySlot();
  private readonly services: SlotSeries;
  private readonly backends: SlotSeries<LabelledBackend>;

  constructor(memory: SharedMemory, ledger: LedgerMetrics, limits: SeriesLimits) {
    const { bySlot } = this;
    const ofServices = [
      ...serviceMetrics(memory, bySlot),
      ledger.drops(),
      mirrorMetric(memory, bySlot),
      ...retryMetrics(memory, bySlot),
    ];
    this.services = new SlotSeries(ofServices, limits.services, labelPairs({ service: OTHER }));
    this.backends = new SlotSeries(
      backendMetrics(memory),
      limits.backends,
      labelPairs({ service: OTHER, backend: OTHER }),
    );
  }

  /** To be told of each publication, before workers get it. */
  follow(published: readonly PublishedService[]): void {
    this.bySlot.follow(published);
    this.services.follow(published.map(labelledService));
    this.backends.follow(published.flatMap(labelledBackends));
  }

  write(writer: ExpositionWriter): void {
    this.services.write(writer);
    writeInfo(writer, this.backends.slots);
    this.backends.write(writer);
    writer.metric('velocity_folded', 'gauge', 'Services and backends that are counted together as `_other`.');
    writer.sample('{kind="service"}', this.services.foldedCount);
    writer.sample('{kind="backend"}', this.backends.foldedCount);
  }

  /** One service and all of its backends, whatever the limits. */
  writeService(writer: ExpositionWriter, service: PublishedService): void {
    const backends = labelledBackends(service);
    this.services.writeOnly(writer, [labelledService(service)]);
    writeInfo(writer, backends);
    this.backends.writeOnly(writer, backends);
  }
}

function writeInfo(writer: ExpositionWriter, backends: readonly LabelledBackend[]): void {
  writer.metric('velocity_backend_info', 'gauge', 'Always 1: tells which URL a backend id stands for.');
  for (const { labels, url } of backends) writer.sample(`{${labels},${labelPairs({ url })}}`, 1);
}

function labelledService({ snapshot: { name, slot } }: PublishedService): LabelledSlot {
  return { id: name, slot, labels: labelPairs({ service: name }) };
}

function labelledBackends({ snapshot }: PublishedService): readonly LabelledBackend[] {
  return snapshot.backends.map(({ id, slot, url }) => ({
    id,
    slot,
    url,
    labels: labelPairs({ service: snapshot.name, backend: id }),
  }));
}
