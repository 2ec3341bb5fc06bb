import type { ServiceResource } from '../../modules/admin/resources/service.mapping.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { Session } from '../session.js';
import { count } from '../terminal/amounts.js';
import type { Column } from '../terminal/table.js';
import { BACKEND_COLUMNS } from './backends.command.js';
import { allServices } from './service.catalogue.js';

export async function listServices({ client, terminal }: Session): Promise<void> {
  const services = await allServices(client);
  if (terminal.json) return terminal.printJson({ items: services });
  if (services.length === 0) return terminal.say('There are no services; `velocity apply FILE` brings some.');
  terminal.printTable(COLUMNS, services);
}

/** One service: its definition as it would stand in the file, and its backends. */
export async function showService({ client, terminal }: Session, name: string): Promise<void> {
  const service = await client.get<ServiceResource>(ROUTES.service(name));
  if (terminal.json) return terminal.printJson(service);
  const { stringify } = await import('yaml');
  terminal.print(stringify([service.definition]).trimEnd());
  if (service.backends.length === 0) return;
  terminal.print();
  terminal.printTable(BACKEND_COLUMNS.slice(1), service.backends);
}

/** What a service answers to, `/` on any host being the least that it can say. */
export function routesOf({ effective }: ServiceResource): string {
  const hosts = effective.hosts.length === 0 ? ['*'] : effective.hosts;
  const paths = effective.paths.filter((path) => path !== '/');
  return hosts.join(', ') + (paths.length === 0 ? '' : ` ${paths.join(', ')}`);
}

const COLUMNS: readonly Column<ServiceResource>[] = [
  { title: 'SERVICE', value: ({ name }) => name },
  { title: 'ROUTES', value: routesOf, shrinksTo: 16 },
  { title: 'ALGORITHM', value: ({ effective }) => effective.algorithm.name },
  {
    title: 'AVAILABLE',
    value: ({ backends }) => `${availableOf(backends)}/${backends.length}`,
    align: 'right',
    colour: ({ backends }) => availabilityColour(availableOf(backends), backends.length),
  },
  {
    title: 'IN FLIGHT',
    value: ({ backends }) => count(backends.reduce((sum, { inFlight }) => sum + inFlight, 0)),
    align: 'right',
  },
];

function availableOf(backends: ServiceResource['backends']): number {
  return backends.filter(({ available }) => available).length;
}

export function availabilityColour(available: number, all: number) {
  if (available === 0) return 'red';
  return available < all ? 'yellow' : 'green';
}
