import { z } from 'zod';
import { REVISION_ORIGINS } from '../../registry/index.js';
import { timeSchema } from './time.resource.js';

export const revisionSchema = z
  .strictObject({
    number: z.int(),
    time: timeSchema,
    origin: z.enum(REVISION_ORIGINS),
    author: z.string(),
    note: z.string().meta({ description: 'Why, in the words of the author; empty: nothing was said.' }),
    restores: z.int().meta({ description: 'Revision whose state this one brought back; 0: none.' }),
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
