import {
  backendId,
  nearestKey,
  type BackendInput,
  type BackendPatch,
  type ServiceInput,
} from '../../common/config/index.js';
import { isVelocityError, VelocityError } from '../../common/errors/index.js';
import { withBrought } from './brought-backends.js';
import { backendKey, canonicalService, type DesiredState } from './desired-state.js';

/*
 * Changes of the desired state: each makes the next state and shares with the last one what it leaves alone.
 * They say whether a thing exists; whether it is valid is decided for the state as a whole.
 */

/** Throws SERVICE_EXISTS. */
export function withService(state: DesiredState, input: ServiceInput): DesiredState {
  if (state.services.some((service) => service.name === input.name)) {
    throw new VelocityError(
      'SERVICE_EXISTS',
      `There is a service ${input.name} already: replace it, or choose another name.`,
    );
  }
  return { ...state, services: [...state.services, canonicalService(input)] };
}

/** A service keeps its place; its name may change. Throws SERVICE_NOT_FOUND and SERVICE_EXISTS. */
export function withServiceReplaced(state: DesiredState, name: string, input: ServiceInput): DesiredState {
  const index = serviceIndex(state, name);
  if (input.name !== name && state.services.some((service) => service.name === input.name)) {
    throw new VelocityError(
      'SERVICE_EXISTS',
      `Service ${name} cannot become ${input.name}: there is one already.`,
    );
  }
  const next = withBrought(state.services[index], input, 'document');
  return { ...state, services: state.services.with(index, canonicalService(next)) };
}

/** Throws SERVICE_NOT_FOUND. */
export function withoutService(state: DesiredState, name: string): DesiredState {
  return { ...state, services: state.services.toSpliced(serviceIndex(state, name), 1) };
}

/** Throws SERVICE_NOT_FOUND and BACKEND_EXISTS. */
export function withBackend(state: DesiredState, name: string, input: BackendInput): DesiredState {
  const key = backendKey(input);
  return withBackends(state, name, (backends) => {
    if (backends.some((backend) => backendKey(backend) === key)) {
      throw new VelocityError(
        'BACKEND_EXISTS',
        `Service ${name} has the backend ${key} already: change that one.`,
      );
    }
    return [...backends, input];
  });
}

/** Throws SERVICE_NOT_FOUND and BACKEND_NOT_FOUND. */
export function withBackendPatched(
  state: DesiredState,
  target: BackendReference,
  patch: BackendPatch,
): DesiredState {
  return withBackends(state, target.service, (backends) => {
    const index = backendIndex(backends, target);
    return backends.with(index, { ...(backends[index] as BackendInput), ...patch });
  });
}

/** Throws SERVICE_NOT_FOUND and BACKEND_NOT_FOUND. */
export function withoutBackend(state: DesiredState, target: BackendReference): DesiredState {
  return withBackends(state, target.service, (backends) =>
    backends.toSpliced(backendIndex(backends, target), 1),
  );
}

/** One of many changes that are made in one revision. */
export type BackendChange =
  | { readonly kind: 'add'; readonly service: string; readonly backend: BackendInput }
  | {
      readonly kind: 'patch';
      readonly service: string;
      readonly backend: string;
      readonly patch: BackendPatch;
    }
  | { readonly kind: 'remove'; readonly service: string; readonly backend: string }
  | { readonly kind: 'service'; readonly service: ServiceInput };

/** What does not fit the state any more is left out: who sends such changes looks at the state again anyway. */
export function withBackendChanges(state: DesiredState, changes: readonly BackendChange[]): DesiredState {
  return changes.reduce((next, change) => {
    try {
      return withBackendChange(next, change);
    } catch (error) {
      if (isVelocityError(error) && OVERTAKEN.has(error.code)) return next;
      throw error;
    }
  }, state);
}

const OVERTAKEN: ReadonlySet<string> = new Set([
  'SERVICE_NOT_FOUND',
  'SERVICE_EXISTS',
  'BACKEND_NOT_FOUND',
  'BACKEND_EXISTS',
]);

function withBackendChange(state: DesiredState, change: BackendChange): DesiredState {
  switch (change.kind) {
    case 'service':
      return withService(state, change.service);
    case 'add':
      return withBackend(state, change.service, change.backend);
    case 'patch':
      return withBackendPatched(state, change, change.patch);
    case 'remove':
      return withoutBackend(state, change);
  }
}

/** Throws SERVICE_NOT_FOUND. */
export function serviceOf(state: DesiredState, name: string): ServiceInput {
  return state.services[serviceIndex(state, name)] as ServiceInput;
}

/** Throws SERVICE_NOT_FOUND and BACKEND_NOT_FOUND. */
export function backendOf(state: DesiredState, target: BackendReference): BackendInput {
  const { backends = [] } = serviceOf(state, target.service);
  return backends[backendIndex(backends, target)] as BackendInput;
}

export interface BackendReference {
  readonly service: string;
  /** Backend id. */
  readonly backend: string;
}

function withBackends(
  state: DesiredState,
  name: string,
  change: (backends: BackendInput[]) => BackendInput[],
): DesiredState {
  const index = serviceIndex(state, name);
  const service = state.services[index] as ServiceInput;
  const changed = canonicalService({ ...service, backends: change(service.backends ?? []) });
  return { ...state, services: state.services.with(index, changed) };
}

function serviceIndex(state: DesiredState, name: string): number {
  const index = state.services.findIndex((service) => service.name === name);
  if (index >= 0) return index;
  const names = state.services.map((service) => service.name);
  throw new VelocityError('SERVICE_NOT_FOUND', `There is no service ${name}.${didYouMean(name, names)}`);
}

function backendIndex(backends: readonly BackendInput[], { service, backend }: BackendReference): number {
  const ids = backends.map((candidate) => backendId(service, backendKey(candidate)));
  const index = ids.indexOf(backend);
  if (index >= 0) return index;
  throw new VelocityError(
    'BACKEND_NOT_FOUND',
    `Service ${service} has no backend with the id ${backend}.${didYouMean(backend, ids)}`,
  );
}

function didYouMean(wanted: string, existing: readonly string[]): string {
  const nearest = nearestKey(wanted, existing);
  return nearest === null ? '' : ` Did you mean ${nearest}?`;
}
