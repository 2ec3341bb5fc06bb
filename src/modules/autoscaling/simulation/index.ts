export { LOAD_KINDS, type LoadKind, type LoadPoint, type LoadTrace, traceOf } from './load.trace.js';
export { simulateDecisions } from './replay.js';
export type { ServiceModel } from './service.model.js';
export { simulate, type SimulatedSettings, type SimulationInput } from './simulate.js';
export type { SimulationResult, SimulationSample, SimulationSummary } from './simulation.result.js';
export { sine, steps } from './trace.generator.js';
export { parseTrace, type TraceSource } from './trace.parser.js';
