import {
  type BackendInput,
  type DefaultsInput,
  GLOBAL_POLICY_KEYS,
  type GlobalPolicyInputs,
  globalPoliciesOf,
  type ServiceInput,
} from '../../../common/config/index.js';
import { backendKey, type DesiredState } from '../desired-state.js';
import { servicePrint } from '../prints.js';
import { afterSteps, listSteps, type ListKind, type ListStep } from './list-steps.js';

type Settings = Omit<ServiceInput, 'backends'>;

interface ServiceDifference {
  /** Absent: as before. */
  readonly settings?: Settings;
  readonly backends?: readonly ListStep<BackendInput, never>[];
}

/** What turns one state into another. Absent keys: as before. */
export interface StateDifference extends GlobalPolicyInputs {
  readonly trustedProxies?: readonly string[];
  readonly defaults?: DefaultsInput;
  readonly services?: readonly ListStep<ServiceInput, ServiceDifference>[];
}

const BACKENDS: ListKind<BackendInput, never> = {
  keyOf: backendKey,
  isSame: isSameText,
  changeOf: () => null,
};

const SERVICES: ListKind<ServiceInput, ServiceDifference> = {
  keyOf: (service) => service.name,
  isSame: (a, b) => a === b || servicePrint(a).digest === servicePrint(b).digest,
  changeOf: serviceDifference,
};

/** Both states are canonical; applied to `before`, it gives `after` byte for byte. */
export function stateDifference(before: DesiredState, after: DesiredState): StateDifference {
  const { trustedProxies, defaults } = after;
  return {
    ...(isSameText(before.trustedProxies, trustedProxies) ? {} : { trustedProxies }),
    ...changedGlobals(before, after),
    ...(isSameText(before.defaults, defaults) ? {} : { defaults }),
    ...(before.services === after.services
      ? {}
      : { services: listSteps(before.services, after.services, SERVICES) }),
  };
}

/** Throws RangeError for the difference of another state. */
export function stateAfter(before: DesiredState, difference: StateDifference): DesiredState {
  const { trustedProxies, defaults, services, ...globals } = difference;
  return {
    trustedProxies: trustedProxies ?? before.trustedProxies,
    ...globalPoliciesOf({ ...globalPoliciesOf(before), ...globals }),
    defaults: defaults ?? before.defaults,
    services: services === undefined ? before.services : afterSteps(before.services, services, serviceAfter),
  };
}

/** A list that is gone is an empty one here, and so is a policy. */
function changedGlobals(before: DesiredState, after: DesiredState): GlobalPolicyInputs {
  const changed = GLOBAL_POLICY_KEYS.filter((key) => !isSameText(before[key], after[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key] ?? (key === 'accessLog' ? {} : [])]));
}

function serviceDifference(before: ServiceInput, after: ServiceInput): ServiceDifference {
  const { backends: oldBackends = [], ...oldSettings } = before;
  const { backends = [], ...settings } = after;
  return {
    ...(isSameText(oldSettings, settings) ? {} : { settings }),
    ...(isSameText(oldBackends, backends) ? {} : { backends: listSteps(oldBackends, backends, BACKENDS) }),
  };
}

function serviceAfter(before: ServiceInput, difference: ServiceDifference): ServiceInput {
  const { backends: oldBackends = [], ...oldSettings } = before;
  const { settings = oldSettings, backends } = difference;
  return {
    ...settings,
    backends: backends === undefined ? oldBackends : afterSteps(oldBackends, backends, unchanged),
  };
}

/** Backends are put as a whole. */
function unchanged(backend: BackendInput): BackendInput {
  return backend;
}

function isSameText(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
