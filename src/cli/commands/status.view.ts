import type { ServiceResource } from '../../modules/admin/resources/service.mapping.js';
import type { BackendResource } from '../../modules/admin/resources/service.resource.js';
import type { StatusResource } from '../../modules/admin/resources/status.resource.js';
import { ago, count, counted, duration, microseconds, percent, rate } from '../terminal/amounts.js';
import type { Colour, Painter } from '../terminal/painter.js';
import { type Column, type TableLook, tableLines } from '../terminal/table.js';
import { visible } from '../terminal/visible-text.js';
import { availabilityColour, routesOf } from './services.command.js';
import type { TrafficInterval } from './traffic.sample.js';

/** Live numbers of a service or a backend, over the last second or so. */
export interface TrafficRates {
  readonly requestsPerSecond: number;
  /** Share of failures, 0 to 1; null: nothing happened. */
  readonly errorShare: number | null;
  /** Mean time at the backends; null: nothing happened. */
  readonly latencyUs: number | null;
}

/** The balancer and its services at one moment. */
export interface StatusPicture {
  readonly status: StatusResource;
  readonly services: readonly ServiceResource[];
  readonly interval: TrafficInterval;
}

export function serviceRates(service: ServiceResource, interval: TrafficInterval): TrafficRates {
  const ids = service.backends.map(({ id }) => id);
  const routed = interval.growth('velocity_exchanges_routed_total', service.name);
  const errors = interval.growth('velocity_exchanges_dropped_total', service.name);
  return {
    requestsPerSecond: interval.perSecond('velocity_exchanges_routed_total', service.name),
    errorShare: shareOf(errors + sumOf(interval, 'velocity_backend_server_errors_total', ids), routed),
    latencyUs: latencyOf(interval, ids),
  };
}

export function backendRates({ id }: BackendResource, interval: TrafficInterval): TrafficRates {
  const attempts = interval.growth('velocity_backend_attempts_total', id);
  const failures = interval.growth('velocity_backend_failures_total', id);
  const errors = interval.growth('velocity_backend_server_errors_total', id);
  return {
    requestsPerSecond: interval.perSecond('velocity_backend_attempts_total', id),
    errorShare: shareOf(failures + errors, attempts),
    latencyUs: latencyOf(interval, [id]),
  };
}

/** The picture as lines for people. */
export function statusLines(picture: StatusPicture, look: TableLook, now: number): string[] {
  const { status, services, interval } = picture;
  const requests = services.reduce(
    (sum, { name }) => sum + interval.perSecond('velocity_exchanges_routed_total', name),
    0,
  );
  return [
    ...headLines(status, look.paint, requests),
    ...troubles(status, now).map((text) => `${look.paint('red', 'problem')} ${visible(text)}`),
    '',
    ...tableLines(
      COLUMNS,
      services.flatMap((service) => rowsOf(service, interval)),
      look,
    ),
  ];
}

function headLines(status: StatusResource, paint: Painter, requests: number): string[] {
  const { version, uptimeMs, revision, workers, listeners, ledger, store } = status;
  const addresses = listeners.map(({ host, port }) =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
  );
  const threads = status.mode === 'inline' ? 'inline' : counted(workers.length, 'worker');
  return [
    `${paint('bold', `velocity ${version}`)}  up ${duration(uptimeMs)}, revision ${revision}, ${threads}, ${store.driver} ${store.state}`,
    `${addresses.join(' ') || 'no listener'}  ${rate(requests)} requests/s, ${count(ledger.inFlight)} in flight, ` +
      `${count(ledger.received)} received, ${count(ledger.dropped)} dropped`,
  ];
}

/** What needs somebody's attention. */
function troubles(
  { workers, store, accessLog, configFile, persisted }: StatusResource,
  now: number,
): string[] {
  const lines: string[] = [];
  const dead = workers.filter(({ state }) => state === 'dead');
  if (store.state === 'away') lines.push(`the store is away since ${ago(store.since, now)}: ${store.error}`);
  if (!persisted) lines.push('what runs is not (yet) what the store holds');
  if (configFile !== null && configFile.error !== '') lines.push(`${configFile.path}: ${configFile.error}`);
  if (accessLog.lost > 0)
    lines.push(`${counted(accessLog.lost, 'access-log record')} lost: ${accessLog.lastError}`);
  for (const { worker, lastError } of dead) lines.push(`worker ${worker} is dead: ${lastError}`);
  return lines;
}

interface Row extends TrafficRates {
  readonly name: string;
  readonly state: string;
  readonly colour: Colour | null;
  readonly weight: string;
  readonly inFlight: number;
  readonly isService: boolean;
}

function rowsOf(service: ServiceResource, interval: TrafficInterval): Row[] {
  const { backends } = service;
  const available = backends.filter((backend) => backend.available).length;
  const head: Row = {
    name: `${service.name}  ${routesOf(service)}`,
    state: stateOf(service, available),
    colour: availabilityColour(available, backends.length),
    weight: service.effective.algorithm.name,
    inFlight: backends.reduce((sum, { inFlight }) => sum + inFlight, 0),
    isService: true,
    ...serviceRates(service, interval),
  };
  return [head, ...backends.map((backend) => backendRow(backend, interval))];
}

/** With those that wait: they are why clients do. */
function stateOf({ backends, queue }: ServiceResource, available: number): string {
  const state = `${available}/${backends.length} available`;
  return queue.waiting === 0 ? state : `${state}, ${count(queue.waiting)} waiting`;
}

function backendRow(backend: BackendResource, interval: TrafficInterval): Row {
  const { url, state, health, weight, backup, inFlight } = backend;
  return {
    name: `  ${url}`,
    state: state === 'enabled' ? health : state,
    colour:
      state === 'enabled'
        ? ({ healthy: 'green', unhealthy: 'red', unknown: 'yellow' } as const)[health]
        : 'yellow',
    weight: backup ? `${weight} backup` : String(weight),
    inFlight,
    isService: false,
    ...backendRates(backend, interval),
  };
}

const COLUMNS: readonly Column<Row>[] = [
  {
    title: 'SERVICE / BACKEND',
    value: ({ name }) => name,
    colour: ({ isService }) => (isService ? 'bold' : null),
    shrinksTo: 24,
  },
  { title: 'STATE', value: ({ state }) => state, colour: ({ colour }) => colour },
  {
    title: 'ALGORITHM / WEIGHT',
    value: ({ weight, isService }) => (isService ? weight : `  ${weight}`),
    shrinksTo: 8,
  },
  { title: 'REQ/S', value: ({ requestsPerSecond }) => rate(requestsPerSecond), align: 'right' },
  {
    title: 'ERRORS',
    value: ({ errorShare }) => (errorShare === null ? '-' : percent(errorShare)),
    align: 'right',
    colour: ({ errorShare }) => (errorShare !== null && errorShare > 0 ? 'red' : null),
  },
  {
    title: 'LATENCY',
    value: ({ latencyUs }) => (latencyUs === null ? '-' : microseconds(latencyUs)),
    align: 'right',
  },
  { title: 'IN FLIGHT', value: ({ inFlight }) => count(inFlight), align: 'right' },
];

function sumOf(
  interval: TrafficInterval,
  counter: Parameters<TrafficInterval['growth']>[0],
  ids: readonly string[],
): number {
  return ids.reduce((sum, id) => sum + interval.growth(counter, id), 0);
}

function latencyOf(interval: TrafficInterval, ids: readonly string[]): number | null {
  const attempts = sumOf(interval, 'velocity_backend_attempts_total', ids);
  const seconds = sumOf(interval, 'velocity_backend_latency_seconds_total', ids);
  return attempts === 0 ? null : (seconds / attempts) * 1_000_000;
}

/** The two counters are not read at one moment: a share is never shown above the whole. */
function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.min(1, part / whole);
}
