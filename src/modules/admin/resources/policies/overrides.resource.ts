import { z } from 'zod';
import { retriesResourceSchema } from '../retries.resource.js';
import { timeoutsResourceSchema } from '../timeouts.resource.js';

export const overridesResourceSchema = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        method: z.string().meta({ description: 'Empty: any.' }),
        path: z.string().meta({ description: 'Pattern of paths.' }),
        timeouts: timeoutsResourceSchema,
        retries: retriesResourceSchema,
      }),
    )
    .meta({ description: 'The first one that fits applies, with all of its settings.' }),
});
