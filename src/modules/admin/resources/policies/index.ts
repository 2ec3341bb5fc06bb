import { z } from 'zod';
import { accessLogPolicyResourceSchema } from './access-log.resource.js';
import { blockResourceSchema } from './block.resource.js';
import { breakerResourceSchema } from './breaker.resource.js';
import { overridesResourceSchema } from './overrides.resource.js';
import { queueResourceSchema } from './queue.resource.js';
import { shapingResourceSchema } from './shaping.resource.js';

/** The policies of a service as they run. */
export const policiesResourceSchema = z.strictObject({
  block: blockResourceSchema,
  queue: queueResourceSchema,
  breaker: breakerResourceSchema,
  shaping: shapingResourceSchema,
  overrides: overridesResourceSchema,
  accessLog: accessLogPolicyResourceSchema,
});
