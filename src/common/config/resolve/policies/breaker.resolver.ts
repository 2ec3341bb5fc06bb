import { type BreakerPolicy, NO_BREAKER } from '../../../contract/policies/index.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';

export function resolveBreaker(_service: ServiceInput, _defaults: DefaultsInput): BreakerPolicy {
  return NO_BREAKER;
}
