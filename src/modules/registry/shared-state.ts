import type { DesiredState } from './desired-state.js';
import { servicePrint } from './prints.js';

/** `state`, with the objects of `known` for everything that is the same text there: a store then leaves it alone. */
export function sharing(known: DesiredState, state: DesiredState): DesiredState {
  const old = new Map(known.services.map((service) => [service.name, service]));
  return {
    trustedProxies: shared(known.trustedProxies, state.trustedProxies),
    defaults: shared(known.defaults, state.defaults),
    services: state.services.map((service) => {
      const before = old.get(service.name);
      return before !== undefined && servicePrint(before).digest === servicePrint(service).digest
        ? before
        : service;
    }),
  };
}

function shared<T>(known: T, value: T): T {
  return JSON.stringify(known) === JSON.stringify(value) ? known : value;
}
