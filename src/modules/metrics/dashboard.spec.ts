import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ALERTS_PATH,
  alertRules,
  dashboard,
  dashboardQueries,
  type Panel,
} from '../../../test/support/grafana.js';
import { readExposition } from '../../../test/support/exposition.js';
import { everyMetric } from '../../../test/support/metrics.fixture.js';

/** What a query may name: samples of the page. */
async function sampleNames(): Promise<ReadonlySet<string>> {
  const { series } = readExposition(await everyMetric());
  return new Set([...series.keys()].map((key) => key.split('{')[0]!));
}

function namesIn(text: string): string[] {
  return text.match(/\b(?:velocity|process|nodejs)_\w+/g) ?? [];
}

it('every metric that dashboard and rules name is on the page', async () => {
  const known = await sampleNames();
  const { templating } = dashboard();
  const variables = templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query));
  const asked = [...dashboardQueries(), ...variables, ...alertRules().map(({ expr }) => expr)];
  const names = asked.flatMap(namesIn);
  expect(names.length).toBeGreaterThan(70);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
  // Texts for people name them, too, some without their beginning.
  const told = namesIn(readFileSync(ALERTS_PATH, 'utf8'));
  const families = [...known].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
  expect(told.filter((name) => !known.has(name) && !families.includes(name))).toEqual([]);
});

describe('the dashboard', () => {
  const { panels, templating, uid, schemaVersion, title } = dashboard();
  const charts = panels.filter(({ type }) => type !== 'row');

  it('has panels with a query each, of the data source that is chosen', () => {
    expect([uid, title, schemaVersion]).toEqual(['velocity', 'Velocity', 38]);
    expect(charts.length).toBeGreaterThan(30);
    const odd = charts.filter(
      ({ datasource, targets = [] }) => datasource?.uid !== '${datasource}' || targets.length === 0,
    );
    expect(odd).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { targets = [] } of charts)
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  it('lays them out within the 24 columns, none over another', () => {
    const overlaps = ({ gridPos: a }: Panel, { gridPos: b }: Panel) =>
      a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    const clashes = panels.flatMap((one, index) =>
      panels.slice(index + 1).flatMap((other) => (overlaps(one, other) ? [[one.title, other.title]] : [])),
    );
    expect(clashes).toEqual([]);
    expect(panels.filter(({ gridPos: { x, w } }) => x < 0 || x + w > 24)).toEqual([]);
  });

  it('asks for no variable that it does not define', () => {
    const text = JSON.stringify({ panels, templating });
    const used = new Set([...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name));
    const defined = templating.list.map(({ name }) => name);
    expect([...used].sort()).toEqual(defined.sort());
  });
});

it('each rule has a severity, a summary and what to do', () => {
  const rules = alertRules();
  expect(rules.length).toBeGreaterThan(14);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { labels, annotations } of rules) {
    expect(['critical', 'warning']).toContain(labels.severity);
    expect(annotations.summary).not.toBe('');
    expect(annotations.description).not.toBe('');
  }
});
