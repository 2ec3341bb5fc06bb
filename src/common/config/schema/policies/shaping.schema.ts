import { bodyLimitSchema } from './body-limit.schema.js';
import { headersSchema } from './header-rules.schema.js';
import { maintenanceSchema } from './maintenance.schema.js';
import { mirrorSchema } from './mirror.schema.js';
import { redirectSchema } from './redirect.schema.js';
import { rewriteSchema } from './rewrite.schema.js';
import { splitSchema } from './split.schema.js';

/** Keys of a service. */
export const shapingKeys = {
  maintenance: maintenanceSchema.optional(),
  redirect: redirectSchema.optional(),
  maxBody: bodyLimitSchema.optional(),
  headers: headersSchema.optional(),
  rewrite: rewriteSchema.optional(),
  split: splitSchema.optional(),
  mirror: mirrorSchema.optional(),
};
