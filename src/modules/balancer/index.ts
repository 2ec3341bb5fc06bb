export type { Algorithm, AlgorithmScope } from './algorithms/algorithm.js';
export { hasRoom, hasShare, isAvailable, isPrimary } from './availability.js';
export { Balancer, Prospect, type RemovedListener } from './balancer.js';
export { normalizeHost } from './host-name.js';
export type { PickContext } from './pick-context.js';
export { hasOtherThan, type Rotation } from './rotation.js';
export { BackendRuntime } from './backend-runtime.js';
export { ServiceRuntime } from './service-runtime.js';
export { mixBits } from './text-hash.js';
