import type { SharedMemory } from '../../../common/contract/index.js';
import { BodyLimitPolicy } from './body-limit.policy.js';
import { BlockPolicy } from './block/block.policy.js';
import { Blocklists } from './block/blocklists.js';
import { LoopDetectionPolicy } from './loop-detection.policy.js';
import { MaintenancePolicy } from './maintenance.policy.js';
import type { Policy } from './policy.js';
import { RedirectPolicy } from './redirect.policy.js';
import { RateLimitPolicy } from './rate-limit/rate-limit.policy.js';

/**
 * Every policy, in the order they are asked: the cheapest refusal first. Both compositions of the data plane use it.
 *
 * @param worker Index of this thread's own cells in the shared memory.
 * @param blocklists Who is blocked everywhere; shared with the thread's listeners. Default: nobody.
 */
export function makePolicies(
  memory: SharedMemory,
  worker: number,
  blocklists = new Blocklists(),
): readonly Policy[] {
  return [
    new LoopDetectionPolicy(),
    new BlockPolicy(blocklists),
    new MaintenancePolicy(),
    new RedirectPolicy(),
    new BodyLimitPolicy(),
    new RateLimitPolicy(memory, worker),
  ];
}
