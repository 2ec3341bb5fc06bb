import { GLOBAL_POLICY_KEYS, type GlobalPolicyInputs, globalPoliciesOf } from '../../common/config/index.js';
import type { DesiredState } from './desired-state.js';
import { servicePrint } from './prints.js';

/** `state`, with the objects of `known` for everything that is the same text there: a store then leaves it alone. */
export function sharing(known: DesiredState, state: DesiredState): DesiredState {
  const old = new Map(known.services.map((service) => [service.name, service]));
  return {
    trustedProxies: shared(known.trustedProxies, state.trustedProxies),
    ...sharedGlobals(known, state),
    defaults: shared(known.defaults, state.defaults),
    services: state.services.map((service) => {
      const before = old.get(service.name);
      return before !== undefined && servicePrint(before).digest === servicePrint(service).digest
        ? before
        : service;
    }),
  };
}

function sharedGlobals(known: DesiredState, state: DesiredState): GlobalPolicyInputs {
  const now = globalPoliciesOf(state);
  return Object.fromEntries(
    GLOBAL_POLICY_KEYS.filter((key) => key in now).map((key) => [key, shared<unknown>(known[key], now[key])]),
  );
}

function shared<T>(known: T, value: T): T {
  return JSON.stringify(known) === JSON.stringify(value) ? known : value;
}
