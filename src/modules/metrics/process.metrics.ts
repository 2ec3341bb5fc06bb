import { collectDefaultMetrics, Registry } from 'prom-client';
import { type ExpositionWriter, labelText, type MetricType } from './exposition.writer.js';

/** Of prom-client's description of a metric, what is written. */
interface CollectedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values: readonly CollectedValue[];
}

interface CollectedValue {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string | number | undefined>>;
  /** When it is not the metric's, as that of a bucket. */
  readonly metricName?: string;
}

/** What prom-client tells about the process and Node: memory, processor, descriptors, garbage collection, the main loop. */
export class ProcessMetrics {
  private readonly registry = new Registry();

  constructor() {
    // The loop's delay is sampled with a timer of this period; the default of 10 ms would wake an idle process.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 100 });
  }

  /** Its own writer takes the suffix of counters away for good once it has written OpenMetrics: ours writes both. */
  async write(writer: ExpositionWriter): Promise<void> {
    const metrics = (await this.registry.getMetricsAsJSON()) as unknown as readonly CollectedMetric[];
    for (const { name, help, type, values } of metrics) {
      // Sums of others by the name of a counter.
      if (type === 'gauge' && name.endsWith('_total')) continue;
      writer.metric(name, type as MetricType, help);
      for (const { value, labels = {}, metricName = name } of values) {
        const texts = Object.entries(labels).map(([label, text]) => [label, leText(label, text)]);
        const own = texts.length === 0 ? '' : labelText(Object.fromEntries(texts));
        writer.part(metricName, own, value);
      }
    }
  }
}

function leText(label: string, value: string | number | undefined): string {
  return label === 'le' && value === Infinity ? '+Inf' : String(value);
}
