import { type QueuePolicy, NO_QUEUE } from '../../../contract/policies/index.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';

export function resolveQueue(_service: ServiceInput, _defaults: DefaultsInput): QueuePolicy {
  return NO_QUEUE;
}
