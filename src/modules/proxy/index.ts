export { type AttemptFailure, Exchange, type ExchangeHead } from './exchange.js';
export type { ExchangeRecorder } from './exchange-recorder.js';
export type { LaneSession } from './lane.js';
export { Pipeline } from './pipeline.js';
export type { PipelineParts } from './pipeline-parts.js';
export { makePolicies } from './policies/policy.list.js';
export type { Policy } from './policies/policy.js';
export { HttpLane } from './http-lane/http-lane.js';
export { HttpListener } from './http-lane/http-listener.js';
