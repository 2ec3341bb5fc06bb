import { z } from 'zod';
import { ADMIN_STATES, HEALTH_STATES } from '../../../common/contract/index.js';
import { healthLogRecordSchema } from './log.resource.js';
import { timeSchema } from './time.resource.js';

export const backendHealthSchema = z
  .strictObject({
    backend: z.string().meta({ description: 'Its id.' }),
    url: z.string(),
    state: z.enum(ADMIN_STATES),
    health: z.enum(HEALTH_STATES),
    available: z.boolean(),
    since: timeSchema.nullable().meta({ description: 'When `health` last changed; null: not probed yet.' }),
    lastProbe: z
      .strictObject({
        time: timeSchema,
        passed: z.boolean(),
        durationUs: z.int(),
        status: z.int().meta({ description: 'Of an HTTP probe; 0: no response.' }),
        error: z.string(),
      })
      .nullable(),
    consecutivePasses: z.int(),
    consecutiveFailures: z.int(),
    nextProbeAt: timeSchema.nullable(),
  })
  .meta({ id: 'BackendHealth' });

export const serviceHealthSchema = z
  .strictObject({
    service: z.string(),
    available: z.int().meta({ description: 'How many of its backends may be picked.' }),
    backends: z.array(backendHealthSchema),
    history: z
      .array(healthLogRecordSchema)
      .optional()
      .meta({ description: 'The newest records, with `?history=<how many>`.' }),
  })
  .meta({ id: 'ServiceHealth' });

/** What anybody may see of our own fitness: no addresses, no errors. */
export const readinessSchema = z
  .strictObject({
    status: z
      .enum(['ok', 'degraded', 'error'])
      .meta({ description: '`degraded`: traffic is served, but something (such as the store) is away.' }),
    parts: z.record(z.string(), z.enum(['up', 'degraded', 'down'])),
  })
  .meta({ id: 'Readiness' });

export const livenessSchema = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Liveness' });

export type BackendHealthResource = z.infer<typeof backendHealthSchema>;
export type ServiceHealthResource = z.infer<typeof serviceHealthSchema>;

export type Readiness = z.infer<typeof readinessSchema>;
