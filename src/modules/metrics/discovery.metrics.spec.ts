import { expect, it } from 'vitest';
import { DiscoveryMetrics } from './discovery.metrics.js';
import { ExpositionWriter } from './exposition.writer.js';
import type { SourceCondition } from './metrics.source.js';

function page(sources: readonly SourceCondition[]): string {
  const writer = new ExpositionWriter();
  new DiscoveryMetrics({ discovery: () => sources }).write(writer);
  return writer.toString();
}

const backends = { added: 2, conflict: 0, draining: 1, refused: 0 };

it('says nothing where there are no sources', () => {
  expect(page([])).toBe('');
});

it('adds up what the sources beyond the first hundred found', () => {
  const sources = Array.from({ length: 103 }, (_, index) => {
    return { name: `file:${String(index).padStart(3, '0')}`, isUp: true, backends };
  });
  const text = page(sources);
  expect(text).toContain('velocity_discovery_backends{source="file:099",status="added"} 2');
  expect(text).not.toContain('file:100');
  expect(text).toContain('velocity_discovery_backends{source="_other",status="added"} 6');
  expect(text).toContain('velocity_discovery_backends{source="_other",status="draining"} 3');
});
