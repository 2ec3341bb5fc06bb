export { BackendOutages, isOutByTraffic, OUTAGE_BITS, type OutageTeller } from './backend.outages.js';
export { Verdict } from './circuit.breaker.js';
export { cellTime, msUntil } from './cell-time.js';
export { CIRCUIT_STATE_NAMES, type CircuitStateName } from './circuit.js';
export * from './outage-cells.js';
export { isOutageEvent, type OutageEvent, type OutageKind } from './outage-event.js';
export { ServiceCircuits } from './service.circuits.js';
