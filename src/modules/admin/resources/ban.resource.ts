import { z } from 'zod';
import { BAN_ORIGINS } from '../../bans/index.js';
import { lengthSchema, timeSchema } from './time.resource.js';

/** Networks of one request: longer lists come in several. */
const MAX_BANNED_AT_ONCE = 1_000;
const MIN_MS = 1_000;
const MAX_MS = 3_650 * 86_400_000;
const MAX_NOTE = 1_000;

/** How long a ban lasts, such as `1h`. */
const banLengthSchema = lengthSchema(
  MIN_MS,
  MAX_MS,
  'write a time from 1s to 3650d such as 1h, or null for a ban that lasts until it is lifted',
);

const NETWORKS = `must be an address or CIDR block, or a list of 1 to ${MAX_BANNED_AT_ONCE} of them`;
const networkSchema = z.string(NETWORKS).min(1, NETWORKS).max(64, NETWORKS);

/** Body of a request for bans. */
export const banRequestSchema = z
  .strictObject({
    cidr: z
      .union(
        [networkSchema, z.array(networkSchema).min(1, NETWORKS).max(MAX_BANNED_AT_ONCE, NETWORKS)],
        NETWORKS,
      )
      .meta({ description: 'An address or CIDR block, or a list of them.', examples: ['203.0.113.0/24'] }),
    for: banLengthSchema
      .nullable()
      .optional()
      .meta({
        description: 'How long it lasts; null or omitted: until it is lifted.',
        examples: ['1h'],
      }),
    note: z.string().max(MAX_NOTE).optional().meta({ description: 'Why.' }),
    shadow: z
      .boolean()
      .optional()
      .meta({ description: 'true: nobody is kept out; what it would do is logged and counted.' }),
    force: z.boolean().optional().meta({
      description: 'true: also when it holds trusted proxies, this machine or very many addresses.',
    }),
  })
  .meta({ id: 'BanRequest' });

export const banSchema = z
  .strictObject({
    id: z.string().meta({ description: 'The network with `_` for the slash.' }),
    cidr: z.string(),
    note: z.string().meta({ description: 'Why; of a rule: what was counted.' }),
    author: z.string(),
    origin: z.enum(BAN_ORIGINS),
    rule: z.string().meta({ description: 'Name of the rule that banned; empty: none.' }),
    createdAt: timeSchema,
    expiresAt: timeSchema.nullable().meta({ description: 'null: it lasts until it is lifted.' }),
    shadow: z.boolean().meta({ description: 'true: nobody is kept out.' }),
    offences: z.int().meta({ description: 'How often a rule banned it in a row; 0: none did.' }),
    isStored: z.boolean().meta({
      description:
        'false: the store is away. It applies at this balancer, and is stored when the store is back.',
    }),
  })
  .meta({ id: 'Ban', description: 'A network that is kept out for a time.' });

export const banListSchema = z.strictObject({ items: z.array(banSchema) }).meta({ id: 'BanList' });

export const banPageSchema = z
  .strictObject({
    items: z.array(banSchema),
    next: z.string().nullable().meta({ description: 'Path and query of the next page; null: none.' }),
  })
  .meta({ id: 'BanPage', description: 'The newest first.' });

const listMatchSchema = z
  .strictObject({
    list: z.string().meta({
      description: '`blocklist`, `allowlist`, `services.NAME.allowlist`, or the path of a file.',
    }),
    cidr: z.string(),
    note: z.string(),
    expiresAt: timeSchema.nullable().meta({ description: 'null: never.' }),
    effect: z.enum(['blocked', 'shadow', 'allowed', 'spared']).meta({
      description:
        '`spared`: one service lets it in, so that it is blocked only when it asks for another one, not at accept.',
    }),
  })
  .meta({ id: 'ListMatch' });

const BAN_VERDICTS = ['served', 'allowed', 'blocked', 'shadow'] as const;

export const banCheckSchema = z
  .strictObject({
    address: z.string(),
    verdict: z.enum(BAN_VERDICTS).meta({
      description:
        '`served`: nothing is said of it. `blocked`: it is kept out. `shadow`: it would be, if it were not for a shadow. `allowed`: it is let in whatever else says.',
    }),
    reason: z.string().meta({ description: 'In words.' }),
    bans: z.array(banSchema).meta({ description: 'Those that apply, the smallest network first.' }),
    lists: z
      .array(listMatchSchema)
      .meta({ description: 'Entries of lists that hold the address, the smallest network first.' }),
  })
  .meta({ id: 'BanCheck', description: 'What happens to requests of an address.' });

export type BanCheck = z.infer<typeof banCheckSchema>;
