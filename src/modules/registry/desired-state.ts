import {
  normalisedBackendUrl,
  type BackendInput,
  type DefaultsInput,
  type ServiceInput,
} from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';

/**
 * WHAT shall exist, in the form it is written in YAML and API bodies (strings with units, defaults not filled in):
 * the part of the configuration that can change while the balancer runs.
 */
export interface DesiredState {
  readonly trustedProxies: readonly string[];
  readonly defaults: DefaultsInput;
  readonly services: readonly ServiceInput[];
}

export const EMPTY_STATE: DesiredState = { trustedProxies: [], defaults: {}, services: [] };

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
    requireDistinct(service.backends ?? [], `services[${index}].backends`, backendKey);
  }
}

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
 * A copy of its own in one form: plain JSON without absent keys, every service with a list of backends. Equal states
 * have equal forms, also after a store has read them back.
 */
export function canonicalState(state: DesiredState): DesiredState {
  const { trustedProxies, defaults, services } = state;
  return {
    trustedProxies: plain(trustedProxies),
    defaults: plain(defaults),
    services: services.map(canonicalService),
  };
}

export function canonicalService(service: ServiceInput): ServiceInput {
  return plain({ ...service, backends: service.backends ?? [] });
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
