import { z } from 'zod';
import {
  ADMIN_STATES,
  CIRCUIT_STATE_NAMES,
  DROP_REASON_NAMES,
  HEALTH_STATES,
  SCALING_LOG_KINDS,
  type DropReason,
} from '../../../common/contract/index.js';
import { REVISION_ORIGINS } from '../../registry/index.js';
import { STATUS_CLASS_NAMES } from '../events/event.names.js';
import { accessLogRecordSchema } from './log.resource.js';
import { accessLogShippingSchema, storeStatusSchema, workerSchema } from './status.resource.js';
import { timeSchema } from './time.resource.js';

/*
 * What comes over the streams of /api/v1/events. Nothing in an overview is null, and lists are replaced as a whole: so a
 * JSON Merge Patch (RFC 7396) can say all that changed in it.
 */

const perSecond = (description: string) => z.number().meta({ description: `${description}, per second.` });
const breakerStateSchema = z.enum(CIRCUIT_STATE_NAMES);

const latencySchema = z
  .strictObject({
    count: z.int().meta({ description: 'Responses of the period.' }),
    p50Us: z.int(),
    p90Us: z.int(),
    p99Us: z.int(),
  })
  .meta({
    id: 'OverviewLatency',
    description:
      'Microseconds from the head of a request to that of its response; 0: there were no responses. From a histogram with four buckets per doubling.',
  });

const trafficKeys = {
  received: z.int().meta({ description: 'Exchanges begun since the balancer started.' }),
  requests: perSecond('Exchanges begun'),
  forwarded: perSecond('Exchanges ended with the response of a backend'),
  dropped: perSecond('Exchanges that the balancer ended itself'),
  drops: z
    .partialRecord(z.enum(DROP_REASON_NAMES), z.number())
    .meta({ description: 'The same by reason, per second; only reasons that occurred.' }),
  statuses: z
    .partialRecord(z.enum(STATUS_CLASS_NAMES), z.number())
    .meta({ description: 'What clients were answered, by class, per second; only classes that occurred.' }),
  errors: perSecond('Responses of backends with 500 or more'),
  retries: perSecond('Further tries after a failed one'),
  bytesIn: perSecond('Body bytes sent to backends'),
  bytesOut: perSecond('Body bytes received from backends'),
  latency: latencySchema,
  inFlight: z.int().meta({ description: 'Exchanges begun and not ended.' }),
  waiting: z.int().meta({ description: 'Of these, those that wait for a turn or a backend.' }),
};

const trafficSchema = z
  .strictObject(trafficKeys)
  .meta({ id: 'OverviewTraffic', description: 'Rates are those of the period before the event.' });

const backendSchema = z
  .strictObject({
    url: z.string(),
    weight: z.int(),
    backup: z.boolean(),
    state: z.enum(ADMIN_STATES).meta({ description: "The operator's will." }),
    health: z.enum(HEALTH_STATES).meta({ description: "The probes' verdict." }),
    available: z.boolean().meta({ description: 'It may be picked.' }),
    ejected: z.boolean(),
    breaker: breakerStateSchema,
    inFlight: z.int(),
    requests: perSecond('Attempts begun there'),
    errors: perSecond('Attempts that failed, or were answered with 500 or more'),
    bytesIn: perSecond('Body bytes sent to it'),
    bytesOut: perSecond('Body bytes received from it'),
    latencyUs: z.int().meta({
      description: 'Mean of the attempts that were answered in the period, microseconds; 0: none was.',
    }),
    ewmaUs: z
      .int()
      .meta({ description: 'Peak-sensitive moving average, microseconds; 0: nothing was observed.' }),
  })
  .meta({ id: 'OverviewBackend' });

const serviceSchema = z
  .strictObject({
    ...trafficKeys,
    running: z.int().meta({ description: 'Exchanges that run under `maxInFlight`; 0 without one.' }),
    breaker: breakerStateSchema.meta({ description: 'Of the service as a whole.' }),
    available: z.int().meta({ description: 'Backends that may be picked.' }),
    backends: z.record(z.string(), backendSchema).meta({ description: 'By id.' }),
  })
  .meta({ id: 'OverviewService' });

export const overviewSchema = z
  .strictObject({
    time: timeSchema,
    periodMs: z
      .int()
      .meta({ description: 'Over which rates and latencies are; 0: the first look, without any yet.' }),
    startedAt: timeSchema.meta({ description: 'Of the balancer.' }),
    version: z.string(),
    revision: z.int(),
    generation: z.int(),
    total: trafficSchema,
    services: z.record(z.string(), serviceSchema).meta({ description: 'By name.' }),
    workers: z.array(workerSchema.pick({ worker: true, state: true, generation: true, restarts: true })),
    store: storeStatusSchema,
    accessLog: accessLogShippingSchema,
    configError: z
      .string()
      .meta({ description: 'Why the configuration file as it is now does not run; empty: it does.' }),
  })
  .meta({
    id: 'Overview',
    description:
      'Event `overview`: everything. Each event `patch` behind it is a JSON Merge Patch (RFC 7396) of the state before; `change` is a `ChangeEvent`.',
  });

const outageChangeSchema = z
  .strictObject({
    kind: z.enum(['health', 'ejection', 'breaker']),
    time: timeSchema,
    service: z.string(),
    backend: z.string().meta({ description: 'Id; empty: the breaker of the service as a whole.' }),
    url: z.string(),
    health: z.enum(HEALTH_STATES).meta({ description: 'Of the backend, now.' }),
    over: z.boolean().meta({ description: 'It is fit again: healthy, returned, or the breaker closed.' }),
    why: z.string().meta({ description: 'In words; may be empty when it is over.' }),
  })
  .meta({ id: 'OutageChange' });

const revisionChangeSchema = z
  .strictObject({
    kind: z.literal('revision'),
    time: timeSchema,
    revision: z.int(),
    origin: z.enum(REVISION_ORIGINS),
    author: z.string(),
    note: z.string(),
    changes: z.array(z.string()).meta({ description: 'The first 20 of them, one line each.' }),
    changesTotal: z.int(),
  })
  .meta({ id: 'RevisionChange' });

const scalingChangeSchema = z
  .strictObject({
    kind: z.literal('scaling'),
    time: timeSchema,
    service: z.string(),
    step: z.enum(SCALING_LOG_KINDS).meta({ description: 'As `kind` of the scaling log.' }),
    current: z.int().meta({ description: 'Copies that were there or on their way.' }),
    desired: z
      .int()
      .nullable()
      .meta({ description: 'Copies that should be there; null: nothing was decided.' }),
    backend: z.string().nullable(),
    instance: z.string(),
    why: z.string().meta({ description: 'In words; empty when a problem is over.' }),
  })
  .meta({ id: 'ScalingChange' });

export const changeEventSchema = z
  .discriminatedUnion('kind', [outageChangeSchema, revisionChangeSchema, scalingChangeSchema])
  .meta({ id: 'ChangeEvent', description: 'Event `change`: something happened. It has an id.' });

/** Event `records`: exchanges as they end, in the order in which workers handed them over. */
export const tailedRecordsSchema = z
  .array(accessLogRecordSchema)
  .meta({ id: 'TailedRecords', description: 'Event `records`: exchanges that ended just now.' });

export const tailSkippedSchema = z
  .strictObject({
    unread: z
      .int()
      .meta({ description: 'Exchanges of the last second that nobody looked at: too many came.' }),
    unsent: z.int().meta({ description: 'Exchanges that fit the filters and were left out: too many fit.' }),
  })
  .meta({ id: 'TailSkipped', description: 'Event `skipped`: what a live tail left out in the last second.' });

export type OverviewTraffic = z.infer<typeof trafficSchema>;
export type OverviewLatency = z.infer<typeof latencySchema>;
export type OverviewBackend = z.infer<typeof backendSchema>;
export type OverviewService = z.infer<typeof serviceSchema>;
export type Overview = z.infer<typeof overviewSchema>;
export type OutageChange = z.infer<typeof outageChangeSchema>;
export type RevisionChange = z.infer<typeof revisionChangeSchema>;
export type ScalingChange = z.infer<typeof scalingChangeSchema>;
export type ChangeEvent = z.infer<typeof changeEventSchema>;
export type TailedRecords = z.infer<typeof tailedRecordsSchema>;
export type TailSkipped = z.infer<typeof tailSkippedSchema>;
export type Drops = Partial<Record<DropReason, number>>;
