import { z } from 'zod';
import { milliseconds } from './time.resource.js';

/** How failed attempts of a service are repeated, as it runs. */
export const retriesResourceSchema = z.strictObject({
  attempts: z.int().meta({ description: 'Tries after the first one.' }),
  backoffBaseMs: z.int().meta({ description: 'Longest pause before the first of them; doubles with each.' }),
  backoffMaxMs: z.int().meta({ description: 'Where the doubling ends.' }),
  statuses: z.array(z.int()).meta({ description: 'Statuses that are tried elsewhere.' }),
  perTryMs: milliseconds,
  bodyBytes: z.int().meta({ description: 'Of a request body, kept to be sent again; 0: none.' }),
  budgetPercent: z.number().meta({ description: 'Of the requests of 10 seconds.' }),
  budgetMinPerSecond: z.int(),
  hedgeAfterMs: milliseconds,
  hedgeAttempts: z.int(),
});
