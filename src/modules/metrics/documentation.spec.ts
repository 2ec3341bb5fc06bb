import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type Family, readExposition } from '../../../test/support/exposition.js';
import { everyMetric } from '../../../test/support/metrics.fixture.js';

const PAGE = path.join(import.meta.dirname, '../../../docs/metrics.md');

/** A row of the tables in docs/metrics.md. */
function row({ name, type, labels, help }: Family): string {
  const named = [...labels].sort().map((label) => `\`${label}\``);
  return `| \`${name}\` | ${type} | ${named.join(', ')} | ${unitOf(name)} | ${help} |`;
}

function unitOf(name: string): string {
  if (name.includes('timestamp_seconds')) return 'Unix time, seconds';
  return /_(seconds|bytes)(?:_total)?$/.exec(name)?.[1] ?? '';
}

/** Without the padding that makes tables pretty. */
function rowsIn(page: string): string[] {
  return page.split('\n').flatMap((line) => (line.startsWith('| `') ? [line.replaceAll(/ +\|/g, ' |')] : []));
}

it('docs/metrics.md has a row for every metric, and none for others', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const families = [...readExposition(await everyMetric()).families.values()];
  const ours = families.filter(({ name }) => name.startsWith('velocity_'));
  const rows = ours.map((family) => row(family).replaceAll(/ +\|/g, ' |'));
  expect(rows.length).toBeGreaterThan(60);
  expect(rowsIn(page).sort()).toEqual(rows.sort());
  // Those of prom-client by name: which of their labels there are depends on what the process has done.
  const others = families.flatMap(({ name }) => (name.startsWith('velocity_') ? [] : [name]));
  expect(others.length).toBeGreaterThan(20);
  expect(others.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
