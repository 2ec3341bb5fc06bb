import { isDeepStrictEqual } from 'node:util';
import type { ServiceConfig } from '../../../common/config/index.js';
import type { RemovedBackend } from './plan.js';

/** What two lists of services differ in. */
export interface ServiceChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly addedBackends: readonly RemovedBackend[];
  readonly removedBackends: readonly RemovedBackend[];
}

/** By what would run: a service that only inherits another default is changed, too. */
export function serviceChanges(
  before: readonly ServiceConfig[],
  after: readonly ServiceConfig[],
): ServiceChanges {
  const old = new Map(before.map((service) => [service.name, service]));
  const now = new Map(after.map((service) => [service.name, service]));
  const touched = after.filter((service) => !isSame(old.get(service.name), service));
  const gone = before.filter(({ name }) => !now.has(name));
  const isNew = ({ name }: ServiceConfig) => !old.has(name);
  const previous = touched.flatMap(({ name }) => old.get(name) ?? []);
  return {
    added: touched.filter(isNew).map(({ name }) => name),
    removed: gone.map(({ name }) => name),
    changed: touched.filter((service) => !isNew(service)).map(({ name }) => name),
    addedBackends: onlyIn(touched, previous),
    removedBackends: onlyIn([...previous, ...gone], touched),
  };
}

function onlyIn(here: readonly ServiceConfig[], there: readonly ServiceConfig[]): readonly RemovedBackend[] {
  const known = new Set(there.flatMap(({ backends }) => backends.map(({ id }) => id)));
  return here.flatMap(({ name, backends }) =>
    backends.filter(({ id }) => !known.has(id)).map(({ id, url }) => ({ service: name, id, url })),
  );
}

function isSame(a: ServiceConfig | undefined, b: ServiceConfig): boolean {
  return a === b || isDeepStrictEqual(a, b);
}
