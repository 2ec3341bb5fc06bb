import type { ServiceResource } from '../../modules/admin/resources/service.mapping.js';
import type { BackendResource } from '../../modules/admin/resources/service.resource.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure } from '../command.failure.js';
import { backendAddress } from '../backend.address.js';
import type { Session } from '../session.js';
import { count, counted, duration } from '../terminal/amounts.js';
import type { Colour } from '../terminal/painter.js';
import type { Column } from '../terminal/table.js';
import { allServices, backendsOf, findBackend } from './service.catalogue.js';

const DRAIN_LOOK_MS = 250;

/** Shows the backends of one service, or of all. */
export async function listBackends({ client, terminal }: Session, service?: string): Promise<void> {
  const backends =
    service === undefined
      ? (await allServices(client)).flatMap((one) => one.backends)
      : await backendsOf(client, service);
  if (terminal.json) return terminal.printJson({ items: backends });
  if (backends.length === 0)
    return terminal.say('There are no backends; `velocity backends add SERVICE URL` adds one.');
  terminal.printTable(BACKEND_COLUMNS, backends);
}

export interface AddFlags {
  readonly weight?: number;
  readonly backup?: boolean;
  readonly group?: string;
  readonly state?: string;
  readonly note?: string;
}

export async function addBackend(
  session: Session,
  service: string,
  address: string,
  flags: AddFlags,
): Promise<void> {
  const { note, ...settings } = flags;
  const body = { url: backendAddress(address), ...settings };
  const added = await session.client.send<BackendResource>('POST', ROUTES.backends(service), {
    body,
    query: { note },
  });
  show(session, added, `Added ${added.url} to ${service}: it takes traffic once its first probe has passed.`);
}

export async function removeBackend(
  session: Session,
  service: string,
  text: string,
  note?: string,
): Promise<void> {
  const { client, terminal } = session;
  const backend = await findBackend(client, service, text);
  await client.send('DELETE', ROUTES.backend(service, backend.id), { query: { note } });
  if (terminal.json) return terminal.printJson({ removed: backend });
  terminal.print(`Removed ${backend.url} from ${service}; what ran there (${backend.inFlight}) finishes.`);
}

export interface ChangeFlags {
  readonly note?: string;
  /** Of a drain: stay until nothing runs there any more. */
  readonly wait?: boolean;
  /** Milliseconds to wait at most. */
  readonly timeoutMs?: number;
}

/** What a change of a backend does, for each verb of the command line. */
export type BackendChange =
  { readonly state: 'enabled' | 'draining' | 'disabled' } | { readonly weight: number };

export async function changeBackend(
  session: Session,
  place: { readonly service: string; readonly backend: string },
  change: BackendChange,
  flags: ChangeFlags,
): Promise<void> {
  const { client } = session;
  const { service } = place;
  const { id } = await findBackend(client, service, place.backend);
  const call = { body: change, query: { note: flags.note } };
  const changed = await client.send<BackendResource>('PATCH', ROUTES.backend(service, id), call);
  const isWaiting = flags.wait === true && changed.inFlight > 0;
  const last = isWaiting ? await drained(session, changed, flags.timeoutMs ?? 0) : changed;
  show(session, last, sentence(last, change));
}

/** Undoes what live traffic did: to one backend, or to the service and all of its backends. */
export async function returnBackend(session: Session, service: string, text?: string): Promise<void> {
  const { client, terminal } = session;
  if (text === undefined) {
    const returned = await client.send<ServiceResource>('POST', ROUTES.returnService(service), {});
    if (terminal.json) return terminal.printJson(returned);
    const available = returned.backends.filter((backend) => backend.available).length;
    return terminal.print(
      `Nothing is ejected in ${service} any more, and its breakers are closed: ${available} of ${counted(returned.backends.length, 'backend')} available.`,
    );
  }
  const { id } = await findBackend(client, service, text);
  const backend = await client.send<BackendResource>('POST', ROUTES.returnBackend(service, id), {});
  const state = backend.available ? 'it takes traffic' : `it is ${outOf(backend)} and takes none`;
  show(
    session,
    backend,
    `${backend.url} of ${service} is neither ejected nor held back by a breaker: ${state}.`,
  );
}

function outOf({ state, health }: BackendResource): string {
  return state === 'enabled' ? health : state;
}

/** Resolves when nothing runs at the backend any more. */
async function drained(
  session: Session,
  backend: BackendResource,
  timeoutMs: number,
): Promise<BackendResource> {
  const { client, terminal } = session;
  const deadline = Date.now() + timeoutMs;
  let { inFlight } = backend;
  terminal.say(`${counted(inFlight, 'exchange')} in flight at ${backend.url} ...`);
  for (;;) {
    const now = await client.get<BackendResource>(ROUTES.backend(backend.service, backend.id));
    if (now.inFlight === 0 || now.state !== 'draining') return now;
    if (Date.now() > deadline) {
      throw new CommandFailure(
        `${counted(now.inFlight, 'exchange')} still in flight at ${backend.url} after ${duration(timeoutMs)}. It goes on draining.`,
        { code: 'STILL_DRAINING', advice: ['Wait longer with --timeout, or stop the server all the same.'] },
      );
    }
    if (now.inFlight !== inFlight) terminal.say(`${counted(now.inFlight, 'exchange')} in flight ...`);
    ({ inFlight } = now);
    await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
  }
}

function sentence({ url, service, inFlight }: BackendResource, change: BackendChange): string {
  if ('weight' in change) return `${url} of ${service} has weight ${change.weight} now.`;
  switch (change.state) {
    case 'enabled':
      return `${url} of ${service} is enabled: it takes traffic while its probes pass.`;
    case 'disabled':
      return `${url} of ${service} is disabled: it takes nothing and is not probed.`;
    case 'draining':
      return inFlight === 0
        ? `${url} of ${service} is drained: nothing runs there, the server can be stopped.`
        : `${url} of ${service} drains: ${counted(inFlight, 'exchange')} in flight; --wait waits for them.`;
  }
}

function show({ terminal }: Session, backend: BackendResource, text: string): void {
  if (terminal.json) terminal.printJson(backend);
  else terminal.print(text);
}

const HEALTH_COLOURS: Readonly<Record<BackendResource['health'], Colour>> = {
  healthy: 'green',
  unhealthy: 'red',
  unknown: 'yellow',
};

/** `backup` or `main`, after the group of a split service. */
function roleText(group: string | null, backup: boolean): string {
  const role = backup ? 'backup' : 'main';
  return group === null ? role : `${group} ${role}`;
}

/** The probes' verdict, and what live traffic makes of it. */
export function fitness({ health, ejectedUntil, breaker }: BackendResource): string {
  if (health === 'healthy' && ejectedUntil !== null) return 'ejected';
  if (health === 'healthy' && breaker !== 'closed') return `breaker ${breaker}`;
  return health;
}

export function fitnessColour(backend: BackendResource): Colour {
  return fitness(backend) === backend.health ? HEALTH_COLOURS[backend.health] : 'red';
}

export const BACKEND_COLUMNS: readonly Column<BackendResource>[] = [
  { title: 'SERVICE', value: ({ service }) => service },
  { title: 'BACKEND', value: ({ url }) => url, shrinksTo: 24 },
  { title: 'ID', value: ({ id }) => id },
  {
    title: 'STATE',
    value: ({ state }) => state,
    colour: ({ state }) => (state === 'enabled' ? null : 'yellow'),
  },
  { title: 'HEALTH', value: fitness, colour: fitnessColour },
  { title: 'WEIGHT', value: ({ weight }) => String(weight), align: 'right' },
  { title: 'ROLE', value: ({ group, backup }) => roleText(group, backup) },
  { title: 'IN FLIGHT', value: ({ inFlight }) => count(inFlight), align: 'right' },
  { title: 'SOURCE', value: ({ source }) => source ?? '-', shrinksTo: 8 },
];
