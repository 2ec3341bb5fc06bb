import { isDeepStrictEqual } from 'node:util';
import {
  type BackendInput,
  DRIVER_NAMES,
  type ScalingInput,
  type ServiceInput,
} from '../../common/config/index.js';
import { isBrought } from './brought-backends.js';
import { EMPTY_STATE, backendKey, settingsOf, type DesiredState } from './desired-state.js';

/** Records whose keys only make sense together: the settings of one algorithm mean nothing to another. */
const WHOLE: ReadonlySet<PropertyKey> = new Set(['algorithm']);
const DRIVERS: ReadonlySet<PropertyKey> = new Set(DRIVER_NAMES);

/** The three values of one thing; undefined: not there. */
interface Versions<T> {
  /** In the file as it was last applied. */
  readonly base: T | undefined;
  /** As it is stored. */
  readonly mine: T | undefined;
  /** In the file now. */
  readonly theirs: T | undefined;
}

/**
 * Applies a file as `kubectl apply` does: what changed in the file since it was last applied (`base`) goes on top of
 * the stored state (`mine`); everything else stays as it is stored.
 *
 * Services are told apart by name, backends by URL, settings by key, down to the leaves. Lists of plain values (hosts,
 * paths, trusted proxies) and the algorithm with its settings are leaves: a changed list in the file replaces the stored one as a whole, because the order
 * and the meaning of a list belong to whoever wrote it last. So:
 * - a thing that the file no longer has goes, even when it was edited in between;
 * - a thing that was deleted over the API stays away until the file says something new about it;
 * - of a thing that both changed, the keys that changed in the file win;
 * - a backend that discovery or scaling brought stays with them, unless the file types it in.
 */
export function mergeDesired(
  base: DesiredState | null,
  mine: DesiredState,
  theirs: DesiredState,
): DesiredState {
  const from = base ?? EMPTY_STATE;
  const settings = mergeRecord({
    base: settingsOf(from),
    mine: settingsOf(mine),
    theirs: settingsOf(theirs),
  });
  return {
    ...settingsOf(settings),
    services: mergeKeyed(
      { base: from.services, mine: mine.services, theirs: theirs.services },
      (service) => service.name,
      mergeService,
    ),
  };
}

function mergeService(versions: Versions<ServiceInput>): ServiceInput | undefined {
  return mergeThing(versions, (present) => {
    const settings = mergeRecord({
      base: withoutBackends(versions.base),
      mine: withoutBackends(versions.mine),
      theirs: withoutBackends(versions.theirs),
    });
    const backends = mergeKeyed(
      { base: versions.base?.backends, mine: versions.mine?.backends, theirs: versions.theirs?.backends },
      backendKey,
      mergeBackend,
    );
    return { ...settings, name: present.name, backends: [...backends] };
  });
}

function mergeBackend(versions: Versions<BackendInput>): BackendInput | undefined {
  const { mine, theirs } = versions;
  if (mine !== undefined && isBrought(mine) && theirs === undefined) return mine;
  return mergeThing(versions, (present) => {
    const { source, ...merged } = { ...mergeRecord(versions), url: present.url };
    const isTyped = [mine, theirs].some((backend) => backend !== undefined && !isBrought(backend));
    return isTyped ? merged : { ...merged, source };
  });
}

/** Exists as a whole, as its driver does: half of one would be none. */
function mergeScaling(versions: Versions<ScalingInput>): ScalingInput | undefined {
  return mergeThing(versions, (present) => {
    const merged = mergeRecord(versions);
    const named = DRIVER_NAMES.filter((name) => merged[name] !== undefined);
    const foreign = named.length > 1 ? named.filter((name) => present[name] === undefined) : [];
    return Object.fromEntries(
      Object.entries(merged).filter(([key]) => !foreign.some((name) => name === key)),
    );
  });
}

/** Decides whether a service or backend exists; `combine` is called when the file changed one that is stored. */
function mergeThing<T>(versions: Versions<T>, combine: (present: T) => T): T | undefined {
  const { base, mine, theirs } = versions;
  if (isDeepStrictEqual(base, theirs)) return mine;
  if (theirs === undefined || mine === undefined) return theirs;
  const merged = combine(theirs);
  return isDeepStrictEqual(merged, mine) ? mine : merged;
}

/** Merges lists of things that have a key. Their order is the stored one, unless the file's order changed. */
function mergeKeyed<T>(
  versions: Versions<readonly T[]>,
  keyOf: (thing: T) => string,
  merge: (versions: Versions<T>) => T | undefined,
): readonly T[] {
  const [base, mine, theirs] = [versions.base, versions.mine, versions.theirs].map(
    (list) => new Map((list ?? []).map((thing) => [keyOf(thing), thing])),
  ) as [Map<string, T>, Map<string, T>, Map<string, T>];
  const shared = [...theirs.keys()].filter((key) => base.has(key));
  const isReordered = !isDeepStrictEqual(
    shared,
    [...base.keys()].filter((key) => theirs.has(key)),
  );
  const keys = new Set(isReordered ? [...theirs.keys(), ...mine.keys()] : [...mine.keys(), ...theirs.keys()]);
  const merged: T[] = [];
  for (const key of keys) {
    const thing = merge({ base: base.get(key), mine: mine.get(key), theirs: theirs.get(key) });
    if (thing !== undefined) merged.push(thing);
  }
  return merged;
}

/** One value: a leaf as a whole, a record key by key; an absent record is one without keys. */
function mergeValue<T>(versions: Versions<T>): T | undefined {
  const { base, mine, theirs } = versions;
  if (isDeepStrictEqual(base, theirs)) return mine;
  const present = [base, mine, theirs].filter((value) => value !== undefined);
  if (!present.every(isRecord)) return theirs;
  const merged = mergeRecord(versions as Versions<T & object>);
  if (Object.keys(merged).length > 0) return merged;
  // Nothing of it is left; `{}` stays where it is written so.
  return theirs === undefined ? undefined : ({} as T);
}

function mergeRecord<T extends object>({ base, mine, theirs }: Versions<T>): T {
  const merged: Partial<T> = {};
  for (const key of Object.keys({ ...mine, ...theirs }) as (keyof T)[]) {
    const versions = { base: base?.[key], mine: mine?.[key], theirs: theirs?.[key] };
    const value = mergeKey(key, versions);
    if (value !== undefined) merged[key] = value;
  }
  return merged as T;
}

function mergeKey<T>(key: PropertyKey, versions: Versions<T>): T | undefined {
  if (key === 'scaling') return mergeScaling(versions as Versions<ScalingInput>) as T | undefined;
  // The settings of a driver that is not there have no parts.
  if (DRIVERS.has(key)) return mergeThing(versions, () => mergeRecord(versions as Versions<T & object>));
  return WHOLE.has(key) ? mergeLeaf(versions) : mergeValue(versions);
}

function mergeLeaf<T>({ base, mine, theirs }: Versions<T>): T | undefined {
  return isDeepStrictEqual(base, theirs) ? mine : theirs;
}

function withoutBackends(service: ServiceInput | undefined): Omit<ServiceInput, 'backends'> | undefined {
  if (service === undefined) return undefined;
  const { backends: _backends, ...settings } = service;
  return settings;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
