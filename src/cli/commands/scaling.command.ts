import type { ScalingResource } from '../../modules/admin/resources/scaling.resource.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { Session } from '../session.js';
import { ago } from '../terminal/amounts.js';
import type { Colour } from '../terminal/painter.js';
import type { Column } from '../terminal/table.js';

type ScalingInstance = ScalingResource['instances'][number];

/** Shows the scaling of one service with its copies, or that of all. */
export async function showScaling({ client, terminal }: Session, service?: string): Promise<void> {
  if (service === undefined) {
    const { items } = await client.get<{ items: readonly ScalingResource[] }>(ROUTES.scaling);
    if (terminal.json) return terminal.printJson({ items });
    if (items.length === 0)
      return terminal.say('No service has scaling; docs/autoscaling.md says how to begin.');
    return terminal.printTable(SERVICE_COLUMNS, items);
  }
  const scaling = await client.get<ScalingResource>(ROUTES.scalingOf(service));
  if (terminal.json) return terminal.printJson(scaling);
  terminal.printTable(SERVICE_COLUMNS, [scaling]);
  if (scaling.decision !== null) terminal.print(`\n${scaling.decision.reason}`);
  if (scaling.problem !== '') terminal.print(`\n${scaling.problem}`);
  if (scaling.instances.length === 0) return;
  terminal.print();
  terminal.printTable(instanceColumns(Date.now()), scaling.instances);
}

const SERVICE_COLUMNS: readonly Column<ScalingResource>[] = [
  { title: 'SERVICE', value: ({ service }) => service },
  { title: 'DRIVER', value: ({ driver }) => driver },
  {
    title: 'STATE',
    value: ({ state, problem }) => (problem === '' ? state : 'problem'),
    colour: ({ state, problem }): Colour | null => {
      if (problem !== '') return 'red';
      return state === 'active' ? 'green' : null;
    },
  },
  { title: 'READY', value: ({ ready, current }) => `${ready}/${current}`, align: 'right' },
  { title: 'WANTED', value: ({ desired }) => String(desired), align: 'right' },
  { title: 'MIN', value: ({ min, floor }) => String(Math.max(min, floor)), align: 'right' },
  { title: 'MAX', value: ({ max }) => String(max), align: 'right' },
  {
    title: 'WHY',
    value: ({ problem, decision }) => problem || decision?.reason || '-',
    shrinksTo: 24,
  },
];

function instanceColumns(now: number): readonly Column<ScalingInstance>[] {
  return [
    { title: 'COPY', value: ({ id }) => id, shrinksTo: 12 },
    { title: 'URL', value: ({ url }) => url ?? '-' },
    {
      title: 'STATE',
      value: ({ state, isDraining }) => (isDraining && state === 'running' ? 'draining' : state),
      colour: ({ state, isDraining }): Colour | null => {
        if (state === 'failed') return 'red';
        return state === 'running' && !isDraining ? 'green' : 'yellow';
      },
    },
    { title: 'SINCE', value: ({ startedAt }) => ago(startedAt, now), align: 'right' },
    {
      title: 'CPU',
      value: ({ cpu }) => (cpu === null ? '-' : `${Math.round(cpu * 100)}%`),
      align: 'right',
    },
    { title: 'DETAIL', value: ({ detail }) => detail || '-', shrinksTo: 20 },
  ];
}
