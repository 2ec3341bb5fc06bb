import type { BackendInput, ServiceInput } from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { backendKey, EMPTY_STATE, type DesiredState } from './desired-state.js';

/*
 * Backends that discovery and scaling bring carry a `source`. Who brings one takes it away; nobody else makes one, and
 * whoever writes the rest of the configuration, knowing them or not, leaves them alone.
 */

/** The `source` of backends that scaling brings. */
export const SCALING_SOURCE = 'scaling';

/** Whose settings of a backend count, where both have it: those of the present state, or those of the document. */
export type Settings = 'present' | 'document';

/**
 * A state that somebody wrote or brings back, with those backends that are there now: one that the document lacks stays,
 * one that only the document has was taken away meanwhile. One that is typed in under the same URL takes its place.
 */
export function withBroughtBackends(
  present: DesiredState = EMPTY_STATE,
  document: DesiredState,
  settings: Settings,
): DesiredState {
  const old = new Map(present.services.map((service) => [service.name, service]));
  let isSame = true;
  const services = document.services.map((service) => {
    const before = old.get(service.name);
    if (service === before) return service;
    const after = withBrought(before, service, settings);
    isSame &&= after === service;
    return after;
  });
  return isSame ? document : { ...document, services };
}

/** The same for one service; `present`: undefined where there is none. */
export function withBrought(
  present: ServiceInput | undefined,
  document: ServiceInput,
  settings: Settings,
): ServiceInput {
  const now = present?.backends ?? [];
  const written = document.backends ?? [];
  if (!now.some(isBrought) && !written.some(isBrought)) return document;
  const there = new Map(now.map((backend) => [backendKey(backend), backend]));
  const kept = written.flatMap((backend) => {
    const before = there.get(backendKey(backend));
    if (!isBrought(backend)) return [backend];
    if (before === undefined) return [];
    if (!isBrought(before)) return [typedIn(backend)];
    return [settings === 'present' ? before : { ...backend, source: before.source }];
  });
  const keys = new Set(kept.map(backendKey));
  const missing = now.filter((backend) => isBrought(backend) && !keys.has(backendKey(backend)));
  const backends = [...kept, ...missing];
  const isSame =
    backends.length === written.length && backends.every((each, index) => each === written[index]);
  return isSame ? document : { ...document, backends };
}

/** For a backend that somebody adds. Throws CONFIG_INVALID when it says who brought it. */
export function requireTypedIn(backend: BackendInput): BackendInput {
  if (!isBrought(backend)) return backend;
  const message = 'is written by discovery and scaling alone: remove the key, the backend is then yours';
  throw new VelocityError('CONFIG_INVALID', `source ${message}`, { issues: [{ path: 'source', message }] });
}

export function isBrought({ source }: BackendInput): boolean {
  return source !== undefined;
}

function typedIn({ source: _source, ...backend }: BackendInput): BackendInput {
  return backend;
}
