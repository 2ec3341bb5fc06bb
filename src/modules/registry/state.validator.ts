import { isDeepStrictEqual } from 'node:util';
import {
  assertReferences,
  validateDesired,
  validateServiceChange,
  type ServiceConfig,
  type ServiceInput,
} from '../../common/config/index.js';
import { DEFAULT_CAPACITY } from '../../common/contract/index.js';
import { isVelocityError, VelocityError } from '../../common/errors/index.js';
import { type DesiredState, settingsOf } from './desired-state.js';
import { statePrint } from './prints.js';

/** A state that is known to be valid, with its services as resolved. */
export interface ValidState {
  readonly state: DesiredState;
  readonly services: readonly ServiceConfig[];
}

/**
 * Of a whole state as JSON: twice what a file may have. Every revision, every worker and both stores handle it in one
 * piece (a document of MongoDB ends at 16 MiB), so what is larger is refused before it can hurt one of them.
 */
export const MAX_STATE_BYTES = 16_000_000;

/** From this many changed services on, checking everything at once is cheaper than one by one against all others. */
const MANY = 16;

/**
 * Resolves the services of `next`; those that did not change since `last` stay the same objects and are not looked at.
 * `isFile`: services with certificate files are resolved anew, because those may have changed, and errors name their
 * place in the whole state instead of that in the changed service.
 * Throws CONFIG_INVALID and CAPACITY_EXCEEDED.
 */
export function validateNext(last: ValidState, next: DesiredState, isFile = false): readonly ServiceConfig[] {
  checkCapacity(next);
  const known = knownConfigs(last, next, isFile);
  const changed = next.services.filter((service) => !known.has(service.name));
  const oneByOne = changed.length < MANY && isSame(settingsOf(last.state), settingsOf(next));
  const resolved = oneByOne ? checkEach(changed, next, isFile) : validateDesired(next);
  if (oneByOne) assertReferences(next);
  const fresh = new Map(resolved.map((config) => [config.name, config]));
  const old = new Map(last.services.map((config) => [config.name, config]));
  return next.services.map(({ name }) => {
    const config = (known.get(name) ?? fresh.get(name)) as ServiceConfig;
    const before = old.get(name);
    return before !== undefined && isSame(before, config) ? before : config;
  });
}

/** The state was judged and found wanting, as opposed to a store that failed. */
export function isRefusal(error: unknown): boolean {
  return isVelocityError(error, 'CONFIG_INVALID') || isVelocityError(error, 'CAPACITY_EXCEEDED');
}

function checkEach(
  changed: readonly ServiceInput[],
  next: DesiredState,
  isFile: boolean,
): readonly ServiceConfig[] {
  try {
    return changed.map((service) =>
      validateServiceChange(
        service,
        next.services.filter((other) => other !== service),
        next.defaults,
      ),
    );
  } catch (error) {
    if (isFile) validateDesired(next);
    throw error;
  }
}

/** By name: what need not be resolved again. */
function knownConfigs(last: ValidState, next: DesiredState, isFile: boolean): Map<string, ServiceConfig> {
  if (!inheritsTheSame(last.state, next)) return new Map();
  const old = new Map(last.state.services.map((service, index) => [service.name, index]));
  const inheritsFile = next.defaults.tls?.ca !== undefined;
  const known = new Map<string, ServiceConfig>();
  for (const service of next.services) {
    const index = old.get(service.name);
    const config = index === undefined ? undefined : last.services[index];
    if (config === undefined || index === undefined) continue;
    if (isFile && (inheritsFile || service.tls?.ca !== undefined)) continue;
    const before = last.state.services[index];
    if (before === service || isDeepStrictEqual(before, service)) known.set(service.name, config);
  }
  return known;
}

function inheritsTheSame(last: DesiredState, next: DesiredState): boolean {
  return isSame(last.defaults, next.defaults) && isSame(last.trustedProxies, next.trustedProxies);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b);
}

function checkCapacity(state: DesiredState): void {
  checkSize(state);
  const { serviceCapacity, backendCapacity } = DEFAULT_CAPACITY;
  const backends = state.services.reduce((sum, service) => sum + (service.backends?.length ?? 0), 0);
  if (state.services.length <= serviceCapacity && backends <= backendCapacity) return;
  throw new VelocityError(
    'CAPACITY_EXCEEDED',
    `One balancer holds ${serviceCapacity} services and ${backendCapacity} backends, these would be ` +
      `${state.services.length} and ${backends}: remove some, or spread them over several balancers.`,
  );
}

function checkSize(state: DesiredState): void {
  const { bytes } = statePrint(state);
  if (bytes <= MAX_STATE_BYTES) return;
  throw new VelocityError(
    'CAPACITY_EXCEEDED',
    `One balancer holds a configuration of ${megabytes(MAX_STATE_BYTES)}, this one would be ${megabytes(bytes)}: ` +
      'remove some services, or spread them over several balancers.',
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
