import { isDeepStrictEqual } from 'node:util';
import type { BackendInput, ServiceInput } from '../../common/config/index.js';
import { withoutServiceValues } from '../../common/secrets/index.js';
import { backendKey, type DesiredState } from './desired-state.js';

/** A revision names this many changes and counts the rest: the first import of 1,000 services is no page to read. */
const MAX_LINES = 200;
const MAX_VALUE_LENGTH = 120;

/** Of many lines the first ones, and how many there are beyond. */
export function cappedLines(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `and ${lines.length - MAX_LINES} more changes`];
}

/** What changed between two states, one line per change, such as `backend http://10.0.0.7:8080 of shop: weight 1 -> 3`. */
export function changeLines(before: DesiredState, after: DesiredState): readonly string[] {
  const lines: string[] = [];
  const [old, now] = [before, after].map(({ defaults: _defaults, services: _services, ...rest }) => rest);
  addRecordLines(lines, whole(''), old!, now!);
  addRecordLines(lines, whole('defaults: '), before.defaults, after.defaults);
  const services = new Map(before.services.map((service) => [service.name, service]));
  for (const service of after.services) {
    const previous = services.get(service.name);
    services.delete(service.name);
    if (previous === undefined) lines.push(`service ${service.name}: added with ${backendCount(service)}`);
    else if (previous !== service) addServiceLines(lines, previous, service);
  }
  for (const name of services.keys()) lines.push(`service ${name}: removed`);
  if (isReordered(before.services, after.services, ({ name }) => name))
    lines.push('services: in another order');
  return lines;
}

function addServiceLines(lines: string[], before: ServiceInput, after: ServiceInput): void {
  const { backends: oldBackends = [], ...oldSettings } = before;
  const { backends = [], ...settings } = after;
  addRecordLines(lines, whole(`service ${after.name}: `), oldSettings, settings);
  const old = new Map(oldBackends.map((backend) => [backendKey(backend), backend]));
  for (const backend of backends) {
    const key = backendKey(backend);
    const previous = old.get(key);
    old.delete(key);
    if (previous === undefined) lines.push(`backend ${key} of ${after.name}: added${details(backend)}`);
    else addRecordLines(lines, whole(`backend ${key} of ${after.name}: `), previous, backend);
  }
  for (const key of old.keys()) lines.push(`backend ${key} of ${after.name}: removed`);
  if (isReordered(oldBackends, backends, backendKey))
    lines.push(`backends of ${after.name}: in another order`);
}

/** Whether those that both lists have stand in another order. */
function isReordered<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): boolean {
  const places = new Map(before.map((item, place) => [keyOf(item), place]));
  let last = -1;
  for (const item of after) {
    const place = places.get(keyOf(item));
    if (place === undefined) continue;
    if (place < last) return true;
    last = place;
  }
  return false;
}

/** What a record is part of. */
interface Subject {
  /** Such as `service shop: `. */
  readonly name: string;
  /** Keys that lead to the record. */
  readonly path: readonly string[];
}

function whole(name: string): Subject {
  return { name, path: [] };
}

/** Goes down to the leaves: `timeouts.connect 3s -> 5s`. */
function addRecordLines(lines: string[], subject: Subject, before: object, after: object): void {
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [previous, value] = [old[key], now[key]];
    if (isDeepStrictEqual(previous, value)) continue;
    const path = [...subject.path, key];
    if (isRecord(previous) && isRecord(value)) addRecordLines(lines, { ...subject, path }, previous, value);
    else lines.push(`${subject.name}${path.join('.')} ${shownAt(path, previous)} -> ${shownAt(path, value)}`);
  }
}

function backendCount(service: ServiceInput): string {
  const count = service.backends?.length ?? 0;
  return count === 1 ? '1 backend' : `${count} backends`;
}

function details(backend: BackendInput): string {
  const { url: _url, ...settings } = backend;
  const texts = Object.entries(settings).map(([key, value]) => `${key} ${shown(value)}`);
  return texts.length === 0 ? '' : ` (${texts.join(', ')})`;
}

/** Headers of health checks and variables may be secrets, and revisions are read by many. */
function shownAt(path: readonly string[], value: unknown): string {
  if (value === undefined) return shown(value);
  const whole = withoutServiceValues(path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value));
  return shown(path.reduce<unknown>((outer, key) => (outer as Record<string, unknown>)[key], whole));
}

function shown(value: unknown): string {
  if (value === undefined) return '(default)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}...`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
