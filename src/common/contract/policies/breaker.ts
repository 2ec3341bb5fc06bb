/** When backends or the service are given a rest. */
export interface BreakerPolicy {}

export const NO_BREAKER: BreakerPolicy = {};
