import { z } from 'zod';
import { DROP_REASON_NAMES, QUEUE_PLACES } from '../../../common/contract/index.js';
import { decisionSchema } from './decision.resource.js';
import { accessLogRecordSchema } from './log.resource.js';

const linesSchema = z.array(z.string()).meta({ description: 'Plain sentences, in the order of the phases.' });
const backendSchema = z.strictObject({ id: z.string(), url: z.string() });

export const explainedRecordsSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        record: accessLogRecordSchema,
        lines: linesSchema,
        reruns: z.boolean().nullable().meta({
          description:
            'Whether the algorithm picks the same once more from what is recorded; null: no decision was kept.',
        }),
      }),
    ),
  })
  .meta({ id: 'ExplainedRecords', description: 'Why exchanges went the way they went, the newest first.' });

export const explainedRequestSchema = z
  .strictObject({
    request: z.strictObject({
      method: z.string(),
      host: z.string(),
      path: z.string(),
      ip: z.string(),
      headers: z.array(z.array(z.string())),
    }),
    outcome: z.strictObject({
      service: z.string().nullable(),
      status: z
        .int()
        .nullable()
        .meta({ description: 'That the balancer would answer; null: a backend would.' }),
      dropReason: z.enum(DROP_REASON_NAMES).nullable(),
      shadowReason: z.enum(DROP_REASON_NAMES).nullable(),
      fallbackFrom: z.string().nullable(),
      waitsAt: z.enum(QUEUE_PLACES).nullable().meta({ description: 'Where it would wait; null: nowhere.' }),
      location: z.string().nullable().meta({ description: 'Where it would be redirected to.' }),
      backend: backendSchema.nullable(),
      group: z.string().nullable(),
      client: z.string().meta({ description: 'After `trustedProxies`.' }),
    }),
    decision: decisionSchema,
    chances: z
      .array(backendSchema.extend({ share: z.number().meta({ description: '0 to 1, by 2,000 tries.' }) }))
      .meta({ description: 'Where chance decides who is next; the likeliest first.' }),
    generation: z.int().meta({ description: 'Of the snapshot that would decide.' }),
    lines: linesSchema,
  })
  .meta({ id: 'ExplainedRequest', description: 'What would become of a request now, and why.' });
