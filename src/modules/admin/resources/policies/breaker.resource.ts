import { z } from 'zod';
import { FALLBACK_REASONS } from '../../../../common/contract/index.js';

const milliseconds = z.int().meta({ description: 'Milliseconds.' });

export const breakerResourceSchema = z.strictObject({
  circuit: z
    .strictObject({
      errorPercent: z.number(),
      slowPercent: z.number().meta({ description: '0: slowness does not matter.' }),
      slowMs: milliseconds,
      minimum: z.int(),
      windowMs: milliseconds,
      openMs: milliseconds,
      maxOpenMs: milliseconds,
      probes: z.int(),
      perBackend: z.boolean(),
      perService: z.boolean(),
      shadow: z.boolean(),
    })
    .nullable()
    .meta({ description: 'null: no circuit breaker.' }),
  ejection: z
    .strictObject({
      consecutive: z.int(),
      baseMs: milliseconds,
      maxMs: milliseconds,
      maxPercent: z.number(),
      shadow: z.boolean(),
    })
    .nullable()
    .meta({ description: 'null: nobody is ejected.' }),
  panicPercent: z.number().meta({ description: '0: off.' }),
  fallback: z
    .strictObject({
      on: z.array(z.enum(FALLBACK_REASONS)),
      service: z.string().meta({ description: 'Empty: the fixed answer.' }),
      status: z.int(),
      body: z.string(),
      contentType: z.string(),
    })
    .nullable(),
});
