import { z } from 'zod';

const addressEntrySchema = z.strictObject({
  cidr: z.string().meta({ description: 'In canonical form.' }),
  note: z.string(),
  expiresAt: z.number().meta({ description: 'Unix milliseconds; 0: never.' }),
  shadow: z.boolean().meta({ description: 'It records what it would refuse, and refuses nothing.' }),
});

export const blockResourceSchema = z.strictObject({
  blocklist: z.array(addressEntrySchema),
  allowlist: z.array(addressEntrySchema),
});
