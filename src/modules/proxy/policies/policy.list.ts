import { LoopDetectionPolicy } from './loop-detection.policy.js';
import type { Policy } from './policy.js';

/** Every policy, in the order they are asked: the cheapest refusal first. Both compositions of the data plane use it. */
export function makePolicies(): readonly Policy[] {
  return [new LoopDetectionPolicy()];
}
