import { z } from 'zod';
import { timeSchema } from './time.resource.js';

const balancerSchema = z
  .strictObject({
    id: z.string().meta({ description: 'Of the process: new at each start.' }),
    host: z.string().meta({ description: 'Name of its machine or container.' }),
    pid: z.int(),
    version: z.string(),
    startedAt: timeSchema.meta({ description: 'By its own clock.' }),
    seenAt: timeSchema.meta({ description: 'When it last said so, by the clock of the store.' }),
    revision: z.int().meta({ description: 'Of the desired state that it runs.' }),
    generation: z.int().meta({ description: 'Of the snapshot that it published; 0: none yet.' }),
    admin: z.string().meta({ description: 'URL of its admin API; empty: not open yet.' }),
    self: z.boolean().meta({ description: 'true: the balancer that answers.' }),
    leases: z
      .array(z.string())
      .meta({ description: 'What it alone may do for all that share the registry.' }),
  })
  .meta({ id: 'Balancer', description: 'A balancer that was seen in the last 10 seconds.' });

export const balancerListSchema = z
  .strictObject({ items: z.array(balancerSchema) })
  .meta({ id: 'BalancerList', description: 'The longest running first.' });

export type BalancerList = z.infer<typeof balancerListSchema>;
