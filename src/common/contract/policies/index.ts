import { INHERITED_ACCESS_LOG, type ServiceAccessLog } from './access-log.js';
import { type BlockPolicy, NO_BLOCKING } from './block.js';
import { type BreakerPolicy, NO_BREAKER } from './breaker.js';
import { NO_OVERRIDES, type OverridePolicy } from './overrides.js';
import { NO_QUEUE, type QueuePolicy } from './queue.js';
import { NO_SHAPING, type ShapingPolicy } from './shaping.js';

/** What a service asks of the traffic policies, beside its rate limits, timeouts and retries. Plain data. */
export interface ServicePolicies {
  readonly block: BlockPolicy;
  readonly queue: QueuePolicy;
  readonly breaker: BreakerPolicy;
  readonly shaping: ShapingPolicy;
  readonly overrides: OverridePolicy;
  readonly accessLog: ServiceAccessLog;
}

/** All off. */
export const NO_POLICIES: ServicePolicies = {
  block: NO_BLOCKING,
  queue: NO_QUEUE,
  breaker: NO_BREAKER,
  shaping: NO_SHAPING,
  overrides: NO_OVERRIDES,
  accessLog: INHERITED_ACCESS_LOG,
};

export * from './access-log.js';
export * from './block.js';
export * from './globals.js';
export * from './breaker.js';
export * from './overrides.js';
export * from './queue.js';
export * from './shaping.js';
