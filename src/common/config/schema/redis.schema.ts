import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { quoted } from '../units/quoted.js';
import { duration, text } from './scalar.schema.js';

const REDIS_URL = /^rediss?:\/\/[^/?#]+(?:\/\d{0,5})?$/;
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$/;

/** The URL may hold a password: it is never repeated in a message. */
function urlProblem(url: string): string | null {
  return REDIS_URL.test(url) && URL.canParse(url)
    ? null
    : 'is no Redis URL: write for example redis://127.0.0.1:6379 or rediss://user:password@redis.test:6380/0';
}

/** Where several balancers count their rate limits together. */
export const redisSchema = z
  .strictObject({
    url: text(urlProblem).meta({
      label: 'Redis URL',
      description:
        'Where the server is: Redis 5 or newer, or one that speaks like it. `rediss`: by TLS. The number behind the `/` is the database.',
      examples: ['redis://127.0.0.1:6379'],
    }),
    prefix: text((value) =>
      PREFIX.test(value)
        ? null
        : `${quoted(value)} is no prefix: write letters, digits, ":", "." and "-", at most 64 characters`,
    )
      .optional()
      .meta({
        label: 'prefix',
        default: BUILT_IN.redis.prefix,
        description: 'In front of the names of all keys. Balancers with the same one count together.',
      }),
    timeout: duration({ min: 1, max: 1_000 }).optional().meta({
      default: BUILT_IN.redis.timeout,
      description:
        'How long a request waits for the answer at most. After it, and until Redis answers in time again, each balancer counts for itself.',
    }),
  })
  .meta({
    title: 'Redis',
    description: 'Where several balancers count rate limits with `shared: true` together.',
  });
