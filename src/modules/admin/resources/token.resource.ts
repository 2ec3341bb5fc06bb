import { z } from 'zod';
import { ROLES } from '../../../common/contract/index.js';
import { lengthSchema, timeSchema } from './time.resource.js';

/** A token in the place of its name would be shown everywhere. */
const NAME = /^(?!vel_)[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const MIN_MS = 60_000;
const MAX_MS = 3_650 * 86_400_000;

/** How long a token lives, such as `30d`. */
const lifetimeSchema = lengthSchema(
  MIN_MS,
  MAX_MS,
  'write a time from 1m to 3650d such as 30d, or null for a token that does not expire',
);

/** Body of a request for a token. */
export const tokenRequestSchema = z
  .strictObject({
    name: z
      .string()
      .regex(NAME, {
        error:
          'must be 1 to 64 letters, digits and ._@- and start with a letter or digit (and not with vel_), such as ci-deploy',
      })
      .meta({ description: 'Whose it is: author of revisions, actor of the audit log.' }),
    role: z.enum(ROLES).meta({
      description:
        '`viewer` reads. `operator` also changes services. `admin` also makes tokens and sees the audit log.',
    }),
    expires: lifetimeSchema
      .nullable()
      .optional()
      .meta({
        description: 'How long it is valid; null or omitted: until it is revoked.',
        examples: ['30d'],
      }),
  })
  .meta({ id: 'TokenRequest' });

const details = {
  id: z.string().meta({ description: '12 hex digits, part of the token itself.' }),
  name: z.string(),
  role: z.enum(ROLES),
  createdAt: timeSchema,
  createdBy: z.string(),
  expiresAt: timeSchema.nullable().meta({ description: 'null: it does not expire.' }),
  lastUsedAt: timeSchema.nullable().meta({ description: 'Exact to a minute; null: never.' }),
};

export const tokenSchema = z
  .strictObject(details)
  .meta({ id: 'Token', description: 'A token, without its secret.' });

export const madeTokenSchema = z
  .strictObject({
    token: z.string().meta({ description: 'Shown this once: only its digest is kept.' }),
    ...details,
  })
  .meta({ id: 'MadeToken', description: 'A new token with its secret.' });

export const tokenListSchema = z
  .strictObject({ items: z.array(tokenSchema) })
  .meta({ id: 'TokenList', description: 'By name.' });

export const whoamiSchema = z
  .strictObject({
    name: z.string(),
    role: z.enum(ROLES),
    tokenId: z
      .string()
      .nullable()
      .meta({ description: 'null: the token of `admin.tokenFile`, or none is asked for.' }),
  })
  .meta({ id: 'Whoami', description: 'The caller, as the balancer knows it.' });

export type TokenResource = z.infer<typeof tokenSchema>;
export type MadeTokenResource = z.infer<typeof madeTokenSchema>;
