import type { AdminClient } from '../admin/admin.client.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { ServiceResource } from '../../modules/admin/resources/service.mapping.js';
import type { BackendResource } from '../../modules/admin/resources/service.resource.js';
import { usageFailure } from '../command.failure.js';

const PAGE = 1_000;

/** All services, by name. */
export async function allServices(client: AdminClient): Promise<ServiceResource[]> {
  return client.all<ServiceResource>(ROUTES.services, { query: { limit: PAGE } });
}

/** URLs of all backends, by id. */
export async function backendUrls(client: AdminClient): Promise<Map<string, string>> {
  const services = await allServices(client);
  return new Map(services.flatMap(({ backends }) => backends.map(({ id, url }) => [id, url] as const)));
}

/** The backends of a service. */
export async function backendsOf(client: AdminClient, service: string): Promise<readonly BackendResource[]> {
  const { items } = await client.get<{ items: readonly BackendResource[] }>(ROUTES.backends(service));
  return items;
}

/**
 * The one backend of a service that is meant: by id or its beginning, URL, `host:port`, or `:port`.
 * Throws a usage failure that lists the backends when none, or more than one, fits.
 */
export async function findBackend(
  client: AdminClient,
  service: string,
  text: string,
): Promise<BackendResource> {
  const backends = await backendsOf(client, service);
  const fitting = backends.filter((backend) => isMeant(backend, text.toLowerCase()));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const problem = fitting.length === 0 ? 'has no backend' : `has ${fitting.length} backends that fit`;
  const listed = (fitting.length === 0 ? backends : fitting).slice(0, 20);
  throw usageFailure(`Service ${service} ${problem} ${JSON.stringify(text)}.`, [
    ...listed.map(({ id, url }) => `${id}  ${url}`),
    'Name a backend by id, the beginning of it, URL, host:port, or :port.',
  ]);
}

function isMeant({ id, url }: BackendResource, text: string): boolean {
  if (url === text.replace(/\/$/, '') || id === text) return true;
  const authority = url.slice(url.indexOf('//') + 2);
  if (authority === text || (/^:\d+$/.test(text) && authority.endsWith(text))) return true;
  return /^[0-9a-f]{4,}$/.test(text) && id.startsWith(text);
}
