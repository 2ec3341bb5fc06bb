import { type BlockPolicy, NO_BLOCKING } from '../../../contract/policies/index.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';

export function resolveBlock(_service: ServiceInput, _defaults: DefaultsInput): BlockPolicy {
  return NO_BLOCKING;
}
