import type { Discovery } from '../../modules/admin/resources/discovery.resource.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { Session } from '../session.js';
import type { Colour } from '../terminal/painter.js';
import type { Column } from '../terminal/table.js';

type Source = Discovery['sources'][number];
type Row = Source['backends'][number] & { readonly source: string };

const COLOURS: Readonly<Record<Row['status'], Colour | null>> = {
  added: null,
  conflict: 'yellow',
  draining: 'yellow',
  refused: 'red',
};

const COLUMNS: readonly Column<Row>[] = [
  { title: 'SOURCE', value: ({ source }) => source, shrinksTo: 16 },
  { title: 'SERVICE', value: ({ service }) => service },
  { title: 'URL', value: ({ url }) => url, shrinksTo: 24 },
  { title: 'STATUS', value: ({ status }) => status, colour: ({ status }) => COLOURS[status] },
  { title: 'PLACE', value: ({ place }) => place || '-', shrinksTo: 16 },
  { title: 'DETAIL', value: ({ detail }) => detail || '-', shrinksTo: 16 },
];

/** Shows the sources of backends, of all services or of one. */
export async function showDiscovery({ client, terminal }: Session, service?: string): Promise<void> {
  const { sources: all } = await client.get<Discovery>(ROUTES.discovery);
  const sources = service === undefined ? all : all.map((source) => onlyOf(source, service));
  if (terminal.json) return terminal.printJson({ sources });
  if (sources.length === 0)
    return terminal.say(
      'Nothing is looked for: no service has `discovery`, and `discovery` is not configured.',
    );
  const rows = sources.flatMap(({ name, backends }) => backends.map((row) => ({ ...row, source: name })));
  if (rows.length === 0) terminal.say('Nothing was found.');
  else terminal.printTable(COLUMNS, rows);
  for (const { name, problem, problems } of sources) {
    if (problem !== '') terminal.print(`${name}: ${problem}`);
    for (const { place, message } of problems) terminal.print(`${name}: ${place}: ${message}`);
  }
}

function onlyOf(source: Source, service: string): Source {
  return { ...source, backends: source.backends.filter((finding) => finding.service === service) };
}
