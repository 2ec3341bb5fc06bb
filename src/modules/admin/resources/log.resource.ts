import { z } from 'zod';
import {
  AFFINITY_RESULTS,
  ALGORITHM_NAMES,
  ATTEMPT_OUTCOMES,
  AUDIT_OUTCOMES,
  DROP_REASON_NAMES,
  HEALTH_LOG_KINDS,
  HEALTH_STATES,
  ROLES,
  SCALING_LOG_KINDS,
} from '../../../common/contract/index.js';
import { decisionSchema } from './decision.resource.js';
import { timeSchema } from './time.resource.js';

const attemptSchema = z
  .strictObject({
    backend: z.string(),
    outcome: z.enum(ATTEMPT_OUTCOMES),
    status: z.int().meta({ description: 'Upstream status; 0: none arrived.' }),
    connectUs: z.int().meta({ description: 'Microseconds; 0 on a reused connection.' }),
    firstByteUs: z.int(),
    totalUs: z.int(),
  })
  .meta({ id: 'Attempt', description: 'One try against one backend.' });

export const accessLogRecordSchema = z
  .strictObject({
    id: z.string(),
    time: timeSchema,
    requestId: z.string(),
    service: z.string().nullable().meta({ description: 'null before a route was found.' }),
    host: z.string(),
    method: z.string(),
    path: z.string().meta({ description: 'Raw, without the query.' }),
    query: z.string(),
    protocol: z.string(),
    status: z.int().meta({ description: 'What the client was answered, or would have been.' }),
    dropReason: z.enum(DROP_REASON_NAMES).nullable().meta({ description: 'null: forwarded.' }),
    shadowReason: z
      .enum(DROP_REASON_NAMES)
      .nullable()
      .meta({ description: 'Why a policy in shadow would have dropped it; null: none would.' }),
    fallbackFrom: z.string().nullable().meta({
      description: 'Service that would have dropped it, so that another one served it; null: none.',
    }),
    traceId: z.string().nullable().meta({ description: 'Trace that it belongs to (W3C); null: none.' }),
    spanId: z.string().nullable().meta({ description: 'Its span; null: none was recorded.' }),
    parentSpanId: z
      .string()
      .nullable()
      .meta({ description: 'Span of the client; null: the trace begins here, or no span was recorded.' }),
    client: z.string(),
    backend: z.string().nullable(),
    attempts: z.array(attemptSchema),
    bytesIn: z.int(),
    bytesOut: z.int(),
    totalUs: z.int(),
    queueUs: z.int(),
    connectUs: z.int(),
    firstByteUs: z.int(),
    affinity: z.enum(AFFINITY_RESULTS),
    algorithm: z.enum(ALGORITHM_NAMES).nullable(),
    userAgent: z.string(),
    referer: z.string(),
    worker: z.int(),
    lane: z.enum(['http', 'wire']),
    generation: z.int().meta({ description: 'Of the snapshot that decided.' }),
    group: z
      .string()
      .nullable()
      .meta({ description: 'Group of backends that it was sent to; null: the service is not split.' }),
    decision: decisionSchema
      .nullable()
      .meta({ description: 'Why it went the way it went; null: not kept, as nothing was remarkable.' }),
    headers: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'Request headers that `accessLog.headers` asks for; null: none.' }),
  })
  .meta({ id: 'AccessLogRecord', description: 'One exchange: a forward, or a drop with its reason.' });

export const healthLogRecordSchema = z
  .strictObject({
    id: z.string(),
    time: timeSchema,
    kind: z.enum(HEALTH_LOG_KINDS),
    service: z.string(),
    backend: z.string(),
    url: z.string(),
    passed: z.boolean(),
    health: z.enum(HEALTH_STATES).meta({ description: 'After this record.' }),
    previous: z.enum(HEALTH_STATES),
    status: z.int().meta({ description: 'Response status of an HTTP probe; 0: none.' }),
    durationUs: z.int(),
    error: z.string().meta({ description: 'Why it failed; empty when it passed.' }),
  })
  .meta({ id: 'HealthLogRecord', description: 'One probe, or one change of health.' });

export const auditLogRecordSchema = z
  .strictObject({
    id: z.string(),
    time: timeSchema,
    actor: z
      .string()
      .meta({ description: 'Name of the token, or the configuration file; empty: nobody known.' }),
    role: z.enum(ROLES).nullable(),
    tokenId: z.string().nullable(),
    address: z.string().meta({ description: 'Client address; empty for the configuration file.' }),
    action: z.string().meta({ description: 'Method and route, or `file`.' }),
    resource: z.string().meta({ description: 'What was, or would have been, changed.' }),
    outcome: z.enum(AUDIT_OUTCOMES),
    status: z.int().meta({ description: 'Of the answer; 0 for the configuration file.' }),
    code: z.string().meta({ description: 'Error code; empty: none.' }),
    revision: z.int().nullable().meta({ description: 'That the change made; null: none.' }),
    note: z.string(),
    requestId: z.string(),
    count: z.int().meta({ description: 'Attempts that this record stands for.' }),
  })
  .meta({ id: 'AuditLogRecord', description: 'One change, or attempts that were refused.' });

export const scalingLogRecordSchema = z
  .strictObject({
    id: z.string(),
    time: timeSchema,
    service: z.string(),
    kind: z.enum(SCALING_LOG_KINDS).meta({
      description:
        '`decision`: another number is wanted, or for another reason. `started`, `failed`, `stopped`: one copy. `found`, `lost`: a backend of discovery. `problem`: a driver or a source cannot do what it should, or can again (empty `reason`).',
    }),
    current: z.int().meta({ description: 'Copies that were there or on their way.' }),
    desired: z
      .int()
      .nullable()
      .meta({ description: 'Copies that should be there; null: nothing was decided.' }),
    backend: z.string().nullable().meta({ description: 'Id; null: not about one backend.' }),
    instance: z.string().meta({
      description: 'Id of the copy in its driver, or where the backend was found; empty: not about one.',
    }),
    metric: z.string().nullable().meta({ description: 'That decided; null: none.' }),
    metrics: z.record(z.string(), z.number()).meta({ description: 'What was seen, by metric.' }),
    limits: z
      .array(z.string())
      .meta({ description: 'What made it another number than the metrics asked for.' }),
    reason: z.string().meta({ description: 'One sentence for people.' }),
  })
  .meta({ id: 'ScalingLogRecord', description: 'One decision, or one step in the life of a copy.' });

const nextSchema = z
  .string()
  .nullable()
  .meta({ description: 'Path and query of the next (older) page; null: this was the last one.' });

export const accessLogPageSchema = z
  .strictObject({ items: z.array(accessLogRecordSchema), next: nextSchema })
  .meta({ id: 'AccessLogPage', description: 'Newest first.' });

export const healthLogPageSchema = z
  .strictObject({ items: z.array(healthLogRecordSchema), next: nextSchema })
  .meta({ id: 'HealthLogPage', description: 'Newest first.' });

export const auditLogPageSchema = z
  .strictObject({ items: z.array(auditLogRecordSchema), next: nextSchema })
  .meta({ id: 'AuditLogPage', description: 'Newest first.' });

export const scalingLogPageSchema = z
  .strictObject({ items: z.array(scalingLogRecordSchema), next: nextSchema })
  .meta({ id: 'ScalingLogPage', description: 'Newest first.' });
