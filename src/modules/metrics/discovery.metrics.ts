import { type ExpositionWriter, labelText } from './exposition.writer.js';
import type { MetricsSource, SourceCondition } from './metrics.source.js';

/** Sources with series of their own, the first by name; what the others found is added up. */
const MOST_SOURCES = 100;
const OTHER = '_other';

/** What discovery finds, and whether its sources can look. */
export class DiscoveryMetrics {
  constructor(private readonly source: Pick<MetricsSource, 'discovery'>) {}

  write(writer: ExpositionWriter): void {
    const sources = this.source.discovery();
    if (sources.length === 0) return;
    writer.metric(
      'velocity_discovery_backends',
      'gauge',
      'Backends that the source has found, by what became of them: added, conflict, draining, refused.',
    );
    for (const { name, backends } of folded(sources))
      for (const [status, count] of Object.entries(backends))
        writer.sample(labelText({ source: name, status }), count);
    writer.metric(
      'velocity_discovery_source_up',
      'gauge',
      '0: the source cannot look as it should; what it found last counts.',
    );
    for (const { name, isUp } of sources.slice(0, MOST_SOURCES))
      writer.sample(labelText({ source: name }), Number(isUp));
  }
}

function folded(sources: readonly SourceCondition[]): readonly Pick<SourceCondition, 'name' | 'backends'>[] {
  const others = sources.slice(MOST_SOURCES);
  if (others.length === 0) return sources;
  const sum = (status: keyof SourceCondition['backends']) =>
    others.reduce((total, { backends }) => total + backends[status], 0);
  const backends = {
    added: sum('added'),
    conflict: sum('conflict'),
    draining: sum('draining'),
    refused: sum('refused'),
  };
  return [...sources.slice(0, MOST_SOURCES), { name: OTHER, backends }];
}
