import type { ServicePolicies } from '../../../contract/policies/index.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';
import { resolveServiceAccessLog } from './access-log.resolver.js';
import { resolveBlock } from './block.resolver.js';
import { resolveBreaker } from './breaker.resolver.js';
import { resolveOverrides } from './overrides.resolver.js';
import { resolveQueue } from './queue.resolver.js';
import { resolveShaping } from './shaping.resolver.js';

/** The policies of a service with defaults filled in and units resolved. */
export function resolvePolicies(service: ServiceInput, defaults: DefaultsInput): ServicePolicies {
  return {
    block: resolveBlock(service),
    queue: resolveQueue(service, defaults),
    breaker: resolveBreaker(service, defaults),
    shaping: resolveShaping(service),
    overrides: resolveOverrides(service, defaults),
    accessLog: resolveServiceAccessLog(service, defaults),
  };
}
