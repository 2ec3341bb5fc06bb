import type { Revision } from '../../modules/registry/index.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { Session } from '../session.js';
import { ago, counted, localTime } from '../terminal/amounts.js';
import type { Column } from '../terminal/table.js';

const PAGE = 1_000;

/** Shows how the desired state came to be, the newest first. */
export async function showHistory({ client, terminal }: Session, limit: number): Promise<void> {
  const items: Revision[] = [];
  const pages = client.items<Revision>(ROUTES.revisions, { query: { limit: Math.min(limit, PAGE) } });
  for await (const revision of pages) {
    items.push(revision);
    if (items.length >= limit) break;
  }
  if (terminal.json) return terminal.printJson({ items });
  terminal.printTable(columnsAt(Date.now()), items);
}

function columnsAt(now: number): readonly Column<Revision>[] {
  return [
    { title: 'REVISION', value: ({ number }) => String(number), align: 'right' },
    { title: 'TIME', value: ({ time }) => localTime(time) },
    { title: 'AGO', value: ({ time }) => ago(time, now), align: 'right' },
    { title: 'ORIGIN', value: ({ origin }) => origin },
    { title: 'AUTHOR', value: ({ author }) => author, shrinksTo: 12 },
    { title: 'CHANGES', value: summaryOf, shrinksTo: 24 },
    { title: 'NOTE', value: ({ note }) => note, shrinksTo: 12 },
  ];
}

function summaryOf({ changes, restores }: Revision): string {
  const [first = 'nothing', ...more] = changes;
  const what = more.length === 0 ? first : `${first} (and ${counted(more.length, 'more change')})`;
  return restores === 0 ? what : `back to ${restores}: ${what}`;
}
