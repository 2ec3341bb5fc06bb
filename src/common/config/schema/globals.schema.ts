import { addressEntrySchema, allowedEntrySchema, type AddressEntryInput } from './address-list.schema.js';
import { banRuleSchema, type BanRuleInput } from './ban.schema.js';
import { rateLimitSchema, type RateLimitInput } from './rate-limit.schema.js';
import {
  accessLogPolicyOf,
  serviceAccessLogSchema,
  type AccessLogPolicyInput,
} from './policies/access-log.schema.js';
import { plainText } from './scalar.schema.js';
import { z } from 'zod';

const tooMany = 'has too many items: write at most 10000, and more into a file of blocklistFiles';
const addresses = z.array(addressEntrySchema).max(10_000, { error: tooMany });
const allowedAddresses = z.array(allowedEntrySchema).max(10_000, {
  error: 'has too many items: write at most 10000',
});

/** Lists at the top level that hold for all services. */
export const globalLists = {
  blocklist: addresses.optional().meta({
    default: [],
    description:
      'Addresses and CIDR blocks whose requests get 403; their connections are closed at once where they are the client themselves.',
    examples: [
      ['203.0.113.0/24', { cidr: '2001:db8::/32', note: 'scanner', expires: '2030-01-31T00:00:00Z' }],
    ],
  }),
  allowlist: allowedAddresses.optional().meta({
    default: [],
    description: 'Addresses and CIDR blocks that nothing blocks or bans, whatever else says.',
    examples: [['10.0.0.0/8']],
  }),
  blocklistFiles: z
    .array(plainText('a file path', 4_096).meta({ label: 'file path' }))
    .max(100)
    .optional()
    .meta({
      default: [],
      description:
        'Text files with an address or CIDR block per line, blocked too. Read anew when they change.',
      examples: [['config/blocked.txt']],
    }),
  rateLimits: z
    .array(rateLimitSchema)
    .max(100)
    .optional()
    .meta({
      default: [],
      description: 'Rate limits over all services, asked before those of the service.',
      examples: [[{ by: 'ip', rate: '1000/1m' }]],
    }),
  bans: z.array(banRuleSchema).max(100).optional().meta({
    default: [],
    description: 'When clients are banned without anybody’s doing.',
  }),
};

/** Keys at the top level that hold for all services. */
export const globalKeys = {
  ...globalLists,
  accessLog: serviceAccessLogSchema.optional().meta({
    description: 'Which exchanges are recorded, and what of them, where a service does not say otherwise.',
  }),
};

/** In authored form; absent: none. */
export interface GlobalPolicyInputs {
  readonly blocklist?: readonly AddressEntryInput[] | undefined;
  readonly allowlist?: readonly AddressEntryInput[] | undefined;
  readonly blocklistFiles?: readonly string[] | undefined;
  readonly rateLimits?: readonly RateLimitInput[] | undefined;
  readonly bans?: readonly BanRuleInput[] | undefined;
  /** May have more keys in a file, which only a start reads. */
  readonly accessLog?: AccessLogPolicyInput | undefined;
}

export const GLOBAL_POLICY_KEYS = Object.keys(globalKeys) as readonly (keyof GlobalPolicyInputs)[];

/** The global policies of something that has more, in one order and without those that are empty. */
export function globalPoliciesOf(source: GlobalPolicyInputs): GlobalPolicyInputs {
  const { accessLog, ...lists } = source;
  const policy = accessLogPolicyOf(accessLog);
  const written = LIST_KEYS.filter((key) => (lists[key]?.length ?? 0) > 0);
  const policies = Object.fromEntries(written.map((key) => [key, lists[key]]));
  return policy === null ? policies : { ...policies, accessLog: policy };
}

const LIST_KEYS = GLOBAL_POLICY_KEYS.filter((key) => key !== 'accessLog');
