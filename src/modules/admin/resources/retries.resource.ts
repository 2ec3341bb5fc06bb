import { z } from 'zod';

/** What happens after a failed attempt. */
export const retriesResourceSchema = z.strictObject({ attempts: z.int() });
