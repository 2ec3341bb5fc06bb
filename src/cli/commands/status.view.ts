import type { ServiceResource } from '../../modules/admin/resources/service.mapping.js';
import type { BackendResource } from '../../modules/admin/resources/service.resource.js';
import type { StatusResource } from '../../modules/admin/resources/status.resource.js';
import { ago, bytes, count, counted, duration, microseconds, percent, rate } from '../terminal/amounts.js';
import type { Colour, Painter } from '../terminal/painter.js';
import { type Column, type TableLook, tableLines } from '../terminal/table.js';
import { visible } from '../terminal/visible-text.js';
import { fitness, fitnessColour } from './backends.command.js';
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
  const blocked = blockedLine(status.blocklist);
  const addresses = listeners.map(({ host, port }) =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
  );
  const threads = status.mode === 'inline' ? 'inline' : counted(workers.length, 'worker');
  return [
    `${paint('bold', `velocity ${version}`)}  up ${duration(uptimeMs)}, revision ${revision}, ${threads}, ${store.driver} ${store.state}`,
    `${addresses.join(' ') || 'no listener'}  ${rate(requests)} requests/s, ${count(ledger.inFlight)} in flight, ` +
      `${count(ledger.received)} received, ${count(ledger.dropped)} dropped`,
    ...(blocked === '' ? [] : [blocked]),
  ];
}

/** Empty: nobody is listed. */
function blockedLine({ entries, bans }: StatusResource['blocklist']): string {
  const parts = [
    entries === 0 ? '' : `${counted(entries, 'network')} in block lists`,
    bans === 0 ? '' : counted(bans, 'ban'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Records that are this old and not stored need somebody's attention. */
const LONG_LAG_MS = 10_000;

/** What needs somebody's attention. */
function troubles(
  { workers, store, accessLog, sharedLimits, blocklist, configFile, persisted }: StatusResource,
  now: number,
): string[] {
  const lines: string[] = [];
  const dead = workers.filter(({ state }) => state === 'dead');
  if (store.state === 'away') lines.push(`the store is away since ${ago(store.since, now)}: ${store.error}`);
  if (sharedLimits.state === 'away')
    lines.push(
      `Redis is away since ${ago(sharedLimits.since, now)}, shared rate limits count here alone: ${sharedLimits.error}`,
    );
  if (!persisted) lines.push('what runs is not (yet) what the store holds');
  if (configFile !== null && configFile.error !== '') lines.push(`${configFile.path}: ${configFile.error}`);
  if (accessLog.thread === 'restarting')
    lines.push(`the thread that keeps the access log died: ${accessLog.lastError}`);
  if (accessLog.lagMs > LONG_LAG_MS)
    lines.push(
      `${counted(accessLog.buffered, 'access-log record')} wait in the spool (${bytes(accessLog.spooledBytes)}), ` +
        `the oldest for ${duration(accessLog.lagMs)}: ${accessLog.lastError || 'the store is slow'}`,
    );
  if (accessLog.corruptFrames > 0)
    lines.push(`${counted(accessLog.corruptFrames, 'damaged part')} of the spool passed over`);
  if (accessLog.lost > 0)
    lines.push(`${counted(accessLog.lost, 'access-log record')} lost: ${accessLog.lastError}`);
  for (const { to, lost, lastError } of accessLog.outputs) {
    if (lost > 0) lines.push(`${counted(lost, 'access-log line')} lost of ${to}`);
    if (lastError !== '') lines.push(`the access log cannot be written to ${to}: ${lastError}`);
  }
  for (const { problem } of blocklist.files) if (problem !== '') lines.push(problem);
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
    state: serviceState(service, available),
    colour: serviceColour(service, available),
    weight: service.effective.algorithm.name,
    inFlight: backends.reduce((sum, { inFlight }) => sum + inFlight, 0),
    isService: true,
    ...serviceRates(service, interval),
  };
  return [head, ...backends.map((backend) => backendRow(backend, interval))];
}

/** With those that wait, as they are why clients do; and whether clients are told that the service is under maintenance. */
function serviceColour(service: ServiceResource, available: number): Colour {
  if (redirects(service)) return 'green';
  return service.breaker === 'closed' ? availabilityColour(available, service.backends.length) : 'red';
}

function serviceState(service: ServiceResource, available: number): string {
  if (redirects(service)) return 'redirects';
  if (service.breaker !== 'closed') return `breaker ${service.breaker}`;
  const { backends, queue } = service;
  const waiting = queue.waiting === 0 ? '' : `, ${count(queue.waiting)} waiting`;
  return `${available}/${backends.length} available${waiting}${isMaintained(service) ? ', maintenance' : ''}`;
}

function redirects({ effective }: ServiceResource): boolean {
  return effective.policies.shaping.redirect !== null;
}

function isMaintained({ effective }: ServiceResource): boolean {
  const { maintenance } = effective.policies.shaping;
  return maintenance !== null && !maintenance.shadow;
}

function backendRow(backend: BackendResource, interval: TrafficInterval): Row {
  const { url, state, weight, backup, group, inFlight } = backend;
  return {
    name: `  ${url}`,
    state: state === 'enabled' ? fitness(backend) : state,
    colour: state === 'enabled' ? fitnessColour(backend) : 'yellow',
    weight: [String(weight), ...(group === null ? [] : [group]), ...(backup ? ['backup'] : [])].join(' '),
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
  const seconds = sumOf(interval, 'velocity_backend_latency_seconds_sum', ids);
  return attempts === 0 ? null : (seconds / attempts) * 1_000_000;
}

/** The two counters are not read at one moment: a share is never shown above the whole. */
function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.min(1, part / whole);
}
