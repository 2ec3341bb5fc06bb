import type { RedisSettings } from '../../../common/contract/index.js';
import { withoutCredentials } from '../../../common/secrets/index.js';
import type { Examination } from '../examination.js';
import { type Finding, ok, problem } from '../finding.js';

const SUBJECT = 'redis';
const ALONE = 'Shared rate limits count in each balancer alone until then.';

/** The Redis that the file names, looked at from here; and what the running balancer says of its own. */
export async function checkRedis({ config, live }: Examination): Promise<Finding[]> {
  const status = live?.status.sharedLimits;
  return [
    ...(status?.state === 'away'
      ? [problem(SUBJECT, `the running balancer does without it: ${status.error}`, ALONE)]
      : []),
    ...(status?.state === 'up' ? [ok(SUBJECT, 'it answers the running balancer')] : []),
    ...(config === null || config.redis === null ? [] : [await visit(config.redis)]),
  ];
}

async function visit(redis: RedisSettings): Promise<Finding> {
  const { inspectRedis } = await import('../../../modules/proxy/index.js');
  const error = await inspectRedis(redis);
  if (error === '') return ok(SUBJECT, 'it counts for us, asked from here');
  return problem(
    SUBJECT,
    `asked from here: ${withoutCredentials(error)}`,
    `Correct redis.url, or start it. ${ALONE}`,
  );
}
