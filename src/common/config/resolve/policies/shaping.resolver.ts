import { type ShapingPolicy, NO_SHAPING } from '../../../contract/policies/index.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';

export function resolveShaping(_service: ServiceInput, _defaults: DefaultsInput): ShapingPolicy {
  return NO_SHAPING;
}
