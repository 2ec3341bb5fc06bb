import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { LONGEST_TIMEOUT_MS } from '../units/duration.js';
import { percent } from './percent.schema.js';
import { duration, size, wholeNumber } from './scalar.schema.js';

const MINUTE_MS = 60_000;
const pause = () => duration({ min: 1, max: MINUTE_MS });
const { retries } = BUILT_IN;

const backoffSchema = z.strictObject({
  base: pause().optional().meta({
    default: retries.backoff.base,
    description:
      'Longest pause before the first further try; it doubles with each. The pause is drawn from 0 to there.',
  }),
  max: pause().optional().meta({
    default: retries.backoff.max,
    description: 'Where the doubling ends. Not below `base`.',
  }),
});

const budgetSchema = z.strictObject({
  share: percent({ min: 0, max: 100 }).optional().meta({
    default: retries.budget.share,
    description: 'Further tries of any 10 seconds, as a share of the requests of the same time.',
  }),
  minPerSecond: wholeNumber(0, 10_000).optional().meta({
    default: retries.budget.minPerSecond,
    description:
      'What is allowed however few requests there are: ten times as many in any 10 seconds. With a share of 0% too, nothing is tried again.',
  }),
});

const hedgeSchema = z.strictObject({
  after: duration({ min: 1, max: LONGEST_TIMEOUT_MS }).meta({
    description: 'Without an answer for so long, a second backend is asked beside the first.',
  }),
  attempts: wholeNumber(1, 3).optional().meta({
    default: retries.hedgeAttempts,
    description: 'How many more backends are asked, one after the other.',
  }),
});

/** What happens after a failed attempt. */
export const retriesSchema = z
  .strictObject({
    attempts: wholeNumber(0, 10).optional().meta({
      default: retries.attempts,
      description: 'Further tries after a failed one, on another backend while there is one. 0: none.',
    }),
    backoff: backoffSchema.optional().meta({ description: 'Pauses between tries.' }),
    statuses: z
      .array(wholeNumber(400, 599))
      .max(50, { error: 'has too many items: write at most 50' })
      .optional()
      .meta({
        default: retries.statuses,
        description:
          'Statuses of a backend after which a request with an idempotent method is tried elsewhere, as long as that is possible; the last answer is passed on.',
        examples: [[502, 503, 504]],
      }),
    perTry: duration({ min: 10, max: LONGEST_TIMEOUT_MS, off: true })
      .optional()
      .meta({
        default: retries.perTry,
        description: 'How long one try may take to its response head, not counting the request body.',
        examples: ['2s'],
      }),
    body: size({ min: 0, max: 16_777_216 }).optional().meta({
      default: retries.body,
      description:
        'How much of the body of an idempotent request is kept, so that it can be sent again. A longer one is not tried again once it has begun. `0B`: none is kept.',
    }),
    budget: budgetSchema
      .optional()
      .meta({ description: 'How many further tries there may be, over all worker threads.' }),
    hedge: z
      .union([z.literal('off'), hedgeSchema])
      .optional()
      .meta({
        label: 'object or `off`',
        default: retries.hedge,
        description:
          'For idempotent requests without a body: asks a second backend when the first is slow, and takes the answer that begins first. Counts as a further try in `budget`, not in `attempts`.',
        examples: [{ after: '200ms' }],
      }),
  })
  .meta({ description: 'What happens after a failed attempt.' });

export type RetriesInput = z.output<typeof retriesSchema>;
