import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { wholeNumber } from './scalar.schema.js';

/** What happens after a failed attempt. */
export const retriesSchema = z
  .strictObject({
    attempts: wholeNumber(0, 10).optional().meta({
      default: BUILT_IN.retries.attempts,
      description: 'Further tries on other backends after a failed one. 0: none.',
    }),
  })
  .meta({ description: 'What happens after a failed attempt.' });

export type RetriesInput = z.output<typeof retriesSchema>;
