import type { BalancerEntry } from './roster-store.js';

/** What this balancer can say about itself beside its identity. Asked every two seconds: must be cheap and never throw. */
export interface BalancerFacts {
  facts(): Omit<BalancerEntry, 'id' | 'host' | 'pid'>;
}

export const BALANCER_FACTS = Symbol('BalancerFacts');
