import { NO_POLICIES, NO_SHAPING, type ShapingPolicy } from '../../src/common/contract/policies/index.js';
import type { ServicePolicies } from '../../src/common/contract/policies/index.js';

/** Policies of a service that shapes its traffic like this and does nothing else. */
export function shapedBy(settings: Partial<ShapingPolicy>): ServicePolicies {
  return { ...NO_POLICIES, shaping: { ...NO_SHAPING, ...settings } };
}
