import { z } from 'zod';
import { plainText } from './scalar.schema.js';

/** When a client is banned without anybody's doing. */
export const banRuleSchema = z
  .strictObject({
    name: plainText('a name', 63).meta({ description: 'What logs and bans name it.' }),
  })
  .meta({ title: 'Ban rule' });

export type BanRuleInput = z.output<typeof banRuleSchema>;
