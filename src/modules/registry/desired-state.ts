import {
  globalPoliciesOf,
  normalisedBackendUrl,
  type BackendInput,
  type DefaultsInput,
  type GlobalPolicyInputs,
  type ServiceInput,
} from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';

/**
 * WHAT shall exist, in the form it is written in YAML and API bodies (strings with units, defaults not filled in):
 * the part of the configuration that can change while the balancer runs.
 */
export interface DesiredState extends GlobalPolicyInputs {
  readonly trustedProxies: readonly string[];
  readonly defaults: DefaultsInput;
  readonly services: readonly ServiceInput[];
}

export const EMPTY_STATE: DesiredState = { trustedProxies: [], defaults: {}, services: [] };

/** Everything but the services. */
export function settingsOf(state: Omit<DesiredState, 'services'>): Omit<DesiredState, 'services'> {
  return { trustedProxies: state.trustedProxies, ...globalPoliciesOf(state), defaults: state.defaults };
}

/** What makes a backend the same one: its URL, however it is spelled. */
export function backendKey(backend: BackendInput): string {
  return normalisedBackendUrl(backend.url) ?? backend.url;
}

/**
 * Throws CONFIG_INVALID when two services have one name, or two backends of a service one URL: a merge, which goes by
 * these, would silently keep one of them.
 */
export function checkUnique({ services }: DesiredState): void {
  requireDistinct(services, 'services', (service) => service.name);
  for (const [index, service] of services.entries()) {
    if (distinct.has(service)) continue;
    requireDistinct(service.backends ?? [], `services[${index}].backends`, backendKey);
    if (isImmutable(service)) distinct.add(service);
  }
}

/** Immutable services that were found to have no backend twice: the services of a file that did not change. */
const distinct = new WeakSet<ServiceInput>();
const immutable = new WeakSet<ServiceInput>();

function requireDistinct<T>(things: readonly T[], path: string, keyOf: (thing: T) => string): void {
  const seen = new Map<string, number>();
  for (const [index, thing] of things.entries()) {
    const key = keyOf(thing);
    const first = seen.get(key);
    if (first !== undefined) {
      const message = `${key} is there already, as ${path}[${first}]: remove one of them`;
      const issues = [{ path: `${path}[${index}]`, message }];
      throw new VelocityError('CONFIG_INVALID', `${path}[${index}]: ${message}`, { issues });
    }
    seen.set(key, index);
  }
}

/**
 * A state of our own in one form: plain JSON without absent keys, every service with its name first and its list of
 * backends last. It stays the same text, byte for byte, after a store has read it back. A service that is frozen and has
 * that form already stays the same object, so what a file did not change is found unchanged by identity; others are
 * copied.
 */
export function canonicalState(state: DesiredState): DesiredState {
  return { ...plain(settingsOf(state)), services: state.services.map(canonicalService) };
}

export function canonicalService(service: ServiceInput): ServiceInput {
  if (isInOrder(service) && isImmutable(service)) return service;
  const { name, backends = [], ...settings } = service;
  return plain({ name, ...settings, backends });
}

function isInOrder(service: ServiceInput): boolean {
  const keys = Object.keys(service);
  return keys[0] === 'name' && keys.at(-1) === 'backends';
}

function isImmutable(service: ServiceInput): boolean {
  if (immutable.has(service)) return true;
  if (!isFrozenJson(service)) return false;
  immutable.add(service);
  return true;
}

/** Whether nobody can change the value and JSON would give it back as it is. */
function isFrozenJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  return value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozenJson));
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
