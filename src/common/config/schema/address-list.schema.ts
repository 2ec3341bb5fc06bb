import { z } from 'zod';
import { networkEntryProblem } from '../../addresses/index.js';
import { mode, plainText, text } from './scalar.schema.js';

const cidrSchema = text(networkEntryProblem).meta({ label: 'address or CIDR block' });

const described = {
  cidr: cidrSchema.meta({ description: 'Address or CIDR block, IPv4 or IPv6.' }),
  note: plainText('a note', 1_000).optional().meta({ description: 'Why, for people.' }),
  expires: z.iso
    .datetime({ offset: true, error: 'is no time: write it as 2030-01-31T12:00:00Z' })
    .optional()
    .meta({ label: 'time', description: 'From then on it no longer counts. Omitted: never.' }),
};

/** An address or CIDR block that is let through, alone or with what is to be said about it. */
export const allowedEntrySchema = z.union([cidrSchema, z.strictObject(described)]);

/** The same of one that is blocked. */
export const addressEntrySchema = z.union([
  cidrSchema,
  z.strictObject({
    ...described,
    mode: mode('nothing is blocked; the access log shows what would have been (`shadowReason`).'),
  }),
]);

export type AddressEntryInput = z.output<typeof addressEntrySchema>;
