export { BALANCER_FACTS, type BalancerFacts } from './balancer.facts.js';
export { BalancerIdentity } from './balancer.identity.js';
export { BalancerRoster, type RosteredBalancer } from './balancer.roster.js';
export { Coordination } from './coordination.js';
export * from './lease-store.js';
export { Lease, type LeaseSettings } from './lease.js';
export { LeaseService } from './lease.service.js';
export * from './roster-store.js';
