import type { ProfileSummary, Share } from './cpu-profile.js';
import type { Table } from './table.js';

const FUNCTIONS = 30;
const FILES = 20;

/** Shares are of the time in which the worker was not idle. */
export function profileTables(summary: ProfileSummary): readonly (readonly [title: string, table: Table])[] {
  const busyUs = summary.totalUs - summary.idleUs;
  const table = (head: string, shares: readonly Share[], most: number): Table => ({
    head: [head, '% of busy time'],
    rows: shares.slice(0, most).map(({ name, us }) => [name, ((us / busyUs) * 100).toFixed(1)]),
  });
  const busy = ((busyUs / summary.totalUs) * 100).toFixed(0);
  return [
    [
      `What kind (the worker was busy ${busy} % of the time)`,
      table('kind', summary.kinds, summary.kinds.length),
    ],
    [`Self time by function, the first ${FUNCTIONS}`, table('function', summary.functions, FUNCTIONS)],
    ['Self time by file', table('file', summary.files, FILES)],
  ];
}
