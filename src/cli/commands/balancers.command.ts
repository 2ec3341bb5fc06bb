import type { Balancer } from '../admin/answers.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { Session } from '../session.js';
import { ago, duration } from '../terminal/amounts.js';
import type { Column } from '../terminal/table.js';

/** Shows the balancers that share the registry. */
export async function listBalancers({ client, terminal }: Session): Promise<void> {
  const { items } = await client.get<{ items: readonly Balancer[] }>(ROUTES.balancers);
  if (terminal.json) return terminal.printJson({ items });
  const newest = Math.max(0, ...items.map(({ revision }) => revision));
  terminal.printTable(columnsAt(Date.now(), newest), items);
}

function columnsAt(now: number, newest: number): readonly Column<Balancer>[] {
  return [
    { title: 'HOST', value: ({ host, self }) => (self ? `${host} *` : host) },
    { title: 'PID', value: ({ pid }) => String(pid), align: 'right' },
    { title: 'VERSION', value: ({ version }) => version },
    { title: 'UP', value: ({ startedAt }) => duration(now - startedAt), align: 'right' },
    { title: 'SEEN', value: ({ seenAt }) => ago(seenAt, now), align: 'right' },
    {
      title: 'REVISION',
      value: ({ revision }) => String(revision),
      align: 'right',
      colour: ({ revision }) => (revision < newest ? 'yellow' : null),
    },
    { title: 'ADMIN', value: ({ admin }) => admin || '-' },
    { title: 'LEASES', value: ({ leases }) => leases.join(', ') || '-' },
    { title: 'ID', value: ({ id }) => id, shrinksTo: 8 },
  ];
}
