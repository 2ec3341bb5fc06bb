import type { PolicyEvent, RedisSettings, SharedMemory } from '../../../../../common/contract/index.js';
import { RedisCounts } from './redis.counts.js';
import { SharedLimitGate } from './shared-limit.gate.js';

export { inspectRedis } from './redis.session.js';

export interface SharedLimitParts {
  readonly redis: RedisSettings;
  readonly tellEvent: (event: PolicyEvent) => void;
}

/** The gate of rate limits that count over several balancers. It connects when the first rule needs it. */
export function makeSharedLimitGate(
  memory: SharedMemory,
  worker: number,
  { redis, tellEvent }: SharedLimitParts,
): SharedLimitGate {
  const { sharedLimits: cells } = memory.workers[worker]!;
  const counts = new RedisCounts({ settings: redis, cells, tellEvent });
  return new SharedLimitGate({ memory, worker, counts, timeoutMs: redis.timeoutMs });
}
