import { z } from 'zod';
import { timeSchema } from './time.resource.js';

const METRICS = ['inFlight', 'requestsPerSecond', 'queue', 'p95Ms', 'cpu'] as const;
const LIMITS = [
  'min',
  'max',
  'schedule',
  'tolerance',
  'unknown',
  'stabilisation',
  'cooldown',
  'step',
  'idle',
  'wake',
] as const;

const decisionSchema = z
  .strictObject({
    time: timeSchema,
    current: z.int(),
    desired: z.int(),
    metric: z.enum(METRICS).nullable().meta({ description: 'The one that asked for the most; null: none.' }),
    wanted: z
      .array(
        z.strictObject({
          metric: z.enum(METRICS),
          value: z.number(),
          target: z.number().meta({ description: 'Per backend.' }),
          count: z.int(),
        }),
      )
      .meta({ description: 'What each metric asked for.' }),
    limits: z
      .array(z.enum(LIMITS))
      .meta({ description: 'What made it another count than the metrics asked for.' }),
    reason: z.string().meta({ description: 'One sentence.' }),
  })
  .meta({ id: 'ScalingDecision', description: 'How many copies there should be, and why.' });

const instanceSchema = z
  .strictObject({
    id: z.string().meta({ description: 'Of its driver: a process, a container, a pod.' }),
    url: z.string().nullable().meta({ description: 'null: not known yet.' }),
    backend: z.string().nullable().meta({ description: 'Id of its backend; null: it has none, or not yet.' }),
    state: z.enum(['starting', 'running', 'stopping', 'failed']),
    startedAt: timeSchema,
    detail: z.string().meta({ description: 'Why it failed, or what it waits for; empty: nothing to say.' }),
    cpu: z.number().nullable().meta({ description: 'Share of its CPUs (1: all); null: not known.' }),
    isDraining: z.boolean().meta({ description: 'Takes nothing new, and is ended when it is empty.' }),
  })
  .meta({ id: 'ScalingInstance', description: 'One copy of the application of a service.' });

export const scalingSchema = z
  .strictObject({
    service: z.string(),
    driver: z.enum(['process', 'docker', 'kubernetes', 'webhook']),
    state: z.enum(['active', 'standby', 'off']).meta({
      description:
        '`active`: this balancer decides; `standby`: another one does, or nobody yet; `off`: the driver cannot be used here.',
    }),
    problem: z.string().meta({ description: 'What keeps it from working, one line; empty: nothing.' }),
    min: z.int(),
    max: z.int(),
    floor: z.int().meta({ description: 'What the schedules ask for now; 0: nothing.' }),
    current: z
      .int()
      .meta({ description: 'Copies that are there or on their way; draining ones not counted.' }),
    ready: z.int().meta({ description: 'Those of them that take requests.' }),
    desired: z.int(),
    instances: z.array(instanceSchema).meta({ description: 'Empty unless `active`.' }),
    decision: decisionSchema.nullable().meta({ description: 'The last one; null: none yet, or not here.' }),
  })
  .meta({ id: 'Scaling', description: 'How many copies of a service run, and why.' });

export const scalingListSchema = z
  .strictObject({ items: z.array(scalingSchema) })
  .meta({ id: 'ScalingList', description: 'Services with `scaling`, in the order of the configuration.' });

export type ScalingResource = z.infer<typeof scalingSchema>;
export type ScalingList = z.infer<typeof scalingListSchema>;
