import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import { looseList, looseObject } from './loose.js';

/** What is said of a rule that wants to be counted together where nothing could do it. */
const SHARED_WITHOUT_REDIS = 'needs a Redis to count in: set the top-level key redis, or remove this one';

/** Shared rate limits without a Redis, in the whole configuration as a start reads it. */
export function sharedLimitRules(config: unknown): ConfigIssue[] {
  const { redis, services, rateLimits } = looseObject(config);
  if (redis !== undefined) return [];
  return [
    ...unsharable(rateLimits, ['rateLimits']),
    ...looseList(services).flatMap((service, index) =>
      unsharable(looseObject(service)['rateLimits'], ['services', index, 'rateLimits']),
    ),
  ];
}

function unsharable(limits: unknown, base: ConfigPath): ConfigIssue[] {
  return looseList(limits).flatMap((limit, index) =>
    looseObject(limit)['shared'] === true
      ? [{ path: [...base, index, 'shared'], message: SHARED_WITHOUT_REDIS }]
      : [],
  );
}
