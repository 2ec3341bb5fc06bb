import { z } from 'zod';
import { networkProblem } from '../units/network-address.js';
import { plainText, text } from './scalar.schema.js';

const cidrSchema = text(networkProblem).meta({ label: 'address or CIDR block' });

/** An address or CIDR block, alone or with what is to be said about it. */
export const addressEntrySchema = z.union([
  cidrSchema,
  z.strictObject({
    cidr: cidrSchema.meta({ description: 'Address or CIDR block, IPv4 or IPv6.' }),
    note: plainText('a note', 1_000).optional().meta({ description: 'Why, for people.' }),
    expires: z.iso
      .datetime({ offset: true, error: 'is no time: write it as 2030-01-31T12:00:00Z' })
      .optional()
      .meta({ label: 'time', description: 'From then on it no longer counts. Omitted: never.' }),
    mode: z.enum(['enforce', 'shadow']).optional().meta({
      default: 'enforce',
      description:
        '`shadow`: nothing is blocked; the access log shows what would have been (`shadowReason`).',
    }),
  }),
]);

export type AddressEntryInput = z.output<typeof addressEntrySchema>;
