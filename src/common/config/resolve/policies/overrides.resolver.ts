import { type OverridePolicy, NO_OVERRIDES } from '../../../contract/policies/index.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';

export function resolveOverrides(_service: ServiceInput, _defaults: DefaultsInput): OverridePolicy {
  return NO_OVERRIDES;
}
