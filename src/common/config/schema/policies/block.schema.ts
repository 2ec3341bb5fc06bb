import { z } from 'zod';
import { addressEntrySchema, allowedEntrySchema } from '../address-list.schema.js';

/** Every snapshot carries them to each worker. */
const MOST = 1_000;
const tooMany = `has too many items: write at most ${MOST} for a service, and more into the lists for all services`;

/** Keys of a service. */
export const blockKeys = {
  blocklist: z
    .array(addressEntrySchema)
    .max(MOST, { error: tooMany })
    .optional()
    .meta({
      default: [],
      description: 'Addresses and CIDR blocks whose requests to this service get 403.',
      examples: [['203.0.113.0/24']],
    }),
  allowlist: z
    .array(allowedEntrySchema)
    .max(MOST, { error: tooMany })
    .optional()
    .meta({
      default: [],
      description:
        'Addresses and CIDR blocks that may use this service, whatever else blocks or bans them. To serve nobody else, block `0.0.0.0/0` and `::/0`.',
      examples: [['10.0.0.0/8']],
    }),
};
