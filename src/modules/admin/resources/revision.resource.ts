import { z } from 'zod';
import { timeSchema } from './time.resource.js';

export const revisionSchema = z
  .strictObject({
    number: z.int(),
    time: timeSchema,
    origin: z.enum(['file', 'api', 'system']),
    author: z.string(),
    changes: z.array(z.string()),
  })
  .meta({ id: 'Revision', description: 'One saved version of the whole desired state.' });

export const revisionPageSchema = z
  .strictObject({
    items: z.array(revisionSchema),
    next: z.string().nullable().meta({ description: 'Path and query of the older ones; null: no more.' }),
  })
  .meta({ id: 'RevisionPage', description: 'Newest first.' });

export type RevisionPage = z.infer<typeof revisionPageSchema>;
