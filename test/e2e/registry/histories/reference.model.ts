import type { BackendInput, BackendPatch, ServiceInput } from '../../../../src/common/config/index.js';
import type { DesiredState } from '../../../../src/modules/registry/index.js';

/*
 * The three-way rule told a second time, without a line of the product: a state is a flat table of facts, and each fact
 * is decided by itself. Only the order of things needs the lists.
 */

/** Path of a leaf -> its JSON. */
type Facts = ReadonlyMap<string, string>;

const SEPARATOR = ' > ';

export function threeWay(base: DesiredState, mine: DesiredState, theirs: DesiredState): DesiredState {
  const services = keyed(base.services, mine.services, theirs.services, ({ name }) => name);
  return {
    defaults: decided(base.defaults, mine.defaults, theirs.defaults),
    trustedProxies: same(base.trustedProxies, theirs.trustedProxies)
      ? mine.trustedProxies
      : theirs.trustedProxies,
    ...blocklistOf(same(base.blocklist, theirs.blocklist) ? mine : theirs),
    services: services.flatMap(({ versions: [b, m, t] }) => {
      if (same(b, t)) return m === undefined ? [] : [m];
      if (t === undefined || m === undefined) return t === undefined ? [] : [t];
      return [mergedService(b, m, t)];
    }),
  };
}

/** A list is a leaf; none is no key. */
function blocklistOf({ blocklist }: DesiredState): Pick<DesiredState, 'blocklist'> {
  return blocklist === undefined ? {} : { blocklist };
}

function mergedService(
  base: ServiceInput | undefined,
  mine: ServiceInput,
  theirs: ServiceInput,
): ServiceInput {
  const backends = keyed(base?.backends ?? [], mine.backends ?? [], theirs.backends ?? [], ({ url }) => url);
  const settings = decided(settingsOf(base), settingsOf(mine), settingsOf(theirs)) as ServiceInput;
  return {
    ...settings,
    backends: backends.flatMap(({ versions: [b, m, t] }): BackendInput[] => {
      if (same(b, t)) return m === undefined ? [] : [m];
      if (t === undefined || m === undefined) return t === undefined ? [] : [t];
      return [decided(b ?? {}, m, t) as BackendInput];
    }),
  };
}

/** Things of three lists, in the order in which the merged list has them. */
function keyed<T>(base: readonly T[], mine: readonly T[], theirs: readonly T[], keyOf: (thing: T) => string) {
  const [inBase, inMine, inTheirs] = [base.map(keyOf), mine.map(keyOf), theirs.map(keyOf)];
  const wasMoved =
    inBase.filter((key) => inTheirs.includes(key)).join() !==
    inTheirs.filter((key) => inBase.includes(key)).join();
  const order = new Set(wasMoved ? [...inTheirs, ...inMine] : [...inMine, ...inTheirs]);
  return Array.from(order, (key) => ({
    key,
    versions: [base[inBase.indexOf(key)], mine[inMine.indexOf(key)], theirs[inTheirs.indexOf(key)]] as const,
  }));
}

function decided(base: object, mine: object, theirs: object): object {
  const [b, m, t] = [factsOf(base), factsOf(mine), factsOf(theirs)];
  const result: Record<string, unknown> = {};
  for (const path of new Set([...m.keys(), ...t.keys()])) {
    const value = b.get(path) === t.get(path) ? m.get(path) : t.get(path);
    if (value !== undefined) plant(result, path.split(SEPARATOR), JSON.parse(value));
  }
  return result;
}

/** The algorithm with its settings is one fact, and so is every list. */
export function factsOf(value: object, path = ''): Facts {
  const facts = new Map<string, string>();
  for (const [key, child] of Object.entries(value)) {
    const place = path === '' ? key : `${path}${SEPARATOR}${key}`;
    const isBranch =
      typeof child === 'object' && child !== null && !Array.isArray(child) && key !== 'algorithm';
    if (isBranch) for (const fact of factsOf(child as object, place)) facts.set(...fact);
    else if (child !== undefined) facts.set(place, JSON.stringify(child));
  }
  return facts;
}

function plant(into: Record<string, unknown>, [key, ...rest]: string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) into[key] = value;
  else plant((into[key] ??= {}) as Record<string, unknown>, rest, value);
}

/** What two states that mean the same have in common: facts by thing, things in order. */
export function meaningOf(state: DesiredState): unknown {
  return {
    trustedProxies: state.trustedProxies,
    blocklist: state.blocklist ?? [],
    defaults: sorted(factsOf(state.defaults)),
    services: state.services.map((service) => ({
      settings: sorted(factsOf(settingsOf(service))),
      backends: (service.backends ?? []).map((backend) => sorted(factsOf(backend))),
    })),
  };
}

/** What the API does to a state; null: it refuses. */
export const api = {
  create: (state: DesiredState, service: ServiceInput) =>
    state.services.some(({ name }) => name === service.name)
      ? null
      : { ...state, services: [...state.services, service] },
  replace: (state: DesiredState, service: ServiceInput) =>
    state.services.some(({ name }) => name === service.name)
      ? {
          ...state,
          services: state.services.map((found) => (found.name === service.name ? service : found)),
        }
      : null,
  remove: (state: DesiredState, name: string) =>
    state.services.some((service) => service.name === name)
      ? { ...state, services: state.services.filter((service) => service.name !== name) }
      : null,
  addBackend: (state: DesiredState, name: string, backend: BackendInput) =>
    ofService(state, name, (backends) =>
      backends.some(({ url }) => url === backend.url) ? null : [...backends, backend],
    ),
  patchBackend: (state: DesiredState, name: string, url: string, patch: BackendPatch) =>
    ofService(state, name, (backends) =>
      backends.some((backend) => backend.url === url)
        ? backends.map((backend) => (backend.url === url ? { ...backend, ...patch } : backend))
        : null,
    ),
  removeBackend: (state: DesiredState, name: string, url: string) =>
    ofService(state, name, (backends) =>
      backends.some((backend) => backend.url === url)
        ? backends.filter((backend) => backend.url !== url)
        : null,
    ),
};

function ofService(
  state: DesiredState,
  name: string,
  change: (backends: readonly BackendInput[]) => readonly BackendInput[] | null,
): DesiredState | null {
  const service = state.services.find((found) => found.name === name);
  const backends = service === undefined ? null : change(service.backends ?? []);
  if (service === undefined || backends === null) return null;
  return api.replace(state, { ...service, backends: [...backends] });
}

function settingsOf(service: ServiceInput | undefined): object {
  const { backends: _backends, ...settings } = service ?? { name: '' };
  return service === undefined ? {} : settings;
}

function sorted(facts: Facts): readonly (readonly [string, string])[] {
  return [...facts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(orderless(a)) === JSON.stringify(orderless(b));
}

function orderless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(orderless);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, child]) => [key, orderless(child)]);
}
