import { z } from 'zod';
import { REDIRECT_STATUSES } from '../../../../common/contract/policies/shaping.js';

const maintenance = z.strictObject({
  status: z.int(),
  retryAfterS: z.int().meta({ description: '0: as of any refusal.' }),
  contentType: z.string(),
  body: z.string().meta({ description: 'Empty: a problem as of any refusal.' }),
  allow: z.array(z.string()),
  shadow: z.boolean(),
});

const redirect = z.strictObject({
  to: z.string(),
  status: z.literal(REDIRECT_STATUSES),
});

const maxBody = z.strictObject({ maxBytes: z.int(), shadow: z.boolean() });

const field = z.strictObject({ name: z.string(), value: z.string() });

const headerRules = z.strictObject({
  set: z.array(field),
  add: z.array(field),
  remove: z.array(z.string()),
});

const rewrite = z.strictObject({
  from: z.string().meta({ description: 'Prefix that is replaced; empty: the whole path is.' }),
  to: z.string(),
});

const split = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      share: z.int().meta({ description: 'Relative to the others; 0: only who asks for it.' }),
      backends: z.array(z.string()).meta({ description: 'Ids of its backends.' }),
    }),
  ),
  header: z.string().meta({ description: 'Empty: none.' }),
  cookie: z.string().meta({ description: 'Empty: none.' }),
  sticky: z.boolean(),
});

const mirror = z.strictObject({
  service: z.string(),
  share: z.number().meta({ description: 'Above 0, at most 1.' }),
  maxInFlight: z.int(),
  maxBodyBytes: z.int().meta({ description: '0: exchanges with a body are not copied.' }),
});

export const shapingResourceSchema = z.strictObject({
  maintenance: maintenance.nullable(),
  redirect: redirect.nullable(),
  maxBody: maxBody.nullable(),
  requestHeaders: headerRules.nullable(),
  responseHeaders: headerRules.nullable(),
  rewrite: rewrite.nullable(),
  split: split.nullable(),
  mirror: mirror.nullable(),
});
