/** What a data-plane worker loads of this module: the HTTP lane comes later, if it is needed. */
export { AddressCounts } from './connections/address-counts.js';
export { ConnectionGate } from './connections/connection.gate.js';
export { HttpLaneLoader } from './http-lane/http-lane.loader.js';
export { LoopMeter } from './loop.meter.js';
export { makeListener } from './listener/listeners.js';
export type { TrafficListener } from './listener/traffic.listener.js';
export { Pipeline } from './pipeline.js';
export { Blocklists } from './policies/block/blocklists.js';
export { makePolicies } from './policies/policy.list.js';
export { makeTrafficParts } from './traffic-parts.js';
export { Tracer } from './tracing/tracer.js';
export { WireLane } from './wire-lane/wire-lane.js';
