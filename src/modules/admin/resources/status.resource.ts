import { z } from 'zod';
import { DROP_REASON_NAMES } from '../../../common/contract/index.js';
import { timeSchema } from './time.resource.js';

const ledgerSchema = z
  .strictObject({
    received: z.int(),
    forwarded: z.int(),
    dropped: z.int(),
    inFlight: z.int(),
    droppedByReason: z.partialRecord(z.enum(DROP_REASON_NAMES), z.int()),
  })
  .meta({ id: 'Ledger', description: 'received = forwarded + dropped + inFlight.' });

export const workerSchema = z
  .strictObject({
    worker: z.int(),
    state: z.enum(['starting', 'running', 'listening', 'dead']),
    threadId: z.int().meta({ description: '-1: no thread runs.' }),
    generation: z.int().meta({ description: 'Of the snapshot it runs; 0: none yet.' }),
    restarts: z.int(),
    startedAt: timeSchema,
    lastError: z.string(),
  })
  .meta({ id: 'Worker' });

export const accessLogShippingSchema = z
  .strictObject({
    received: z.int(),
    recovered: z.int().meta({ description: 'Found in the spools of earlier processes.' }),
    stored: z.int().meta({ description: 'Acknowledged by the store.' }),
    buffered: z.int().meta({ description: 'Waiting for the store, on disk or in memory.' }),
    lost: z.int().meta({
      description:
        'Given up: the spool was full or damaged, or could not be written, or the store refuses them.',
    }),
    corruptFrames: z.int().meta({
      description: 'Damaged parts of the spool that were passed over, and unfinished ends that were cut off.',
    }),
    spooledBytes: z.int().meta({ description: 'Size of the spool on disk.' }),
    segments: z.int().meta({ description: 'Files of the spool.' }),
    lagMs: z.int().meta({ description: 'Age of the oldest record that is not stored, milliseconds.' }),
    lastError: z.string().meta({ description: 'Empty: nothing has failed.' }),
    lastStoredAt: timeSchema.meta({ description: '0: never.' }),
    thread: z
      .enum(['idle', 'running', 'restarting', 'closed'])
      .meta({ description: 'Of the thread that keeps the access log.' }),
    threadRestarts: z.int(),
    outputs: z
      .array(
        z.strictObject({
          to: z.string().meta({ description: '`stdout`, or a path.' }),
          written: z.int().meta({ description: 'Lines.' }),
          lost: z.int(),
          waiting: z.int(),
          lastError: z.string().meta({ description: 'Why lines wait; empty: nothing is wrong.' }),
        }),
      )
      .meta({ description: 'Where records are written as text.' }),
  })
  .meta({ id: 'AccessLogStatus', description: 'Records. received + recovered = stored + buffered + lost.' });

const sharedLimitsSchema = z.strictObject({
  state: z.enum(['off', 'idle', 'up', 'away']).meta({
    description:
      'Of Redis. `off`: none is configured. `idle`: no rule is shared. `away`: limits count in this balancer alone.',
  }),
  since: timeSchema,
  error: z.string().meta({ description: 'Why it is away; empty: it is not.' }),
  asked: z.int().meta({ description: 'Exchanges that asked Redis.' }),
  refused: z.int().meta({ description: 'Of these, those that it refused.' }),
  alone: z
    .int()
    .meta({ description: 'Exchanges that shared rules applied to and that were decided without it.' }),
});
const blocklistSchema = z
  .strictObject({
    entries: z.int().meta({
      description: 'Networks of the lists for all services, those of files and allowlists included.',
    }),
    bans: z.int(),
    bytes: z.int().meta({ description: 'Memory that they take, once for all workers.' }),
    files: z.array(
      z.strictObject({
        path: z.string(),
        entries: z.int().meta({ description: 'Networks of it that count now.' }),
        loadedAt: timeSchema.meta({ description: '0: never.' }),
        problem: z
          .string()
          .meta({ description: 'Why the file as it is now does not count; empty: it does.' }),
      }),
    ),
  })
  .meta({ id: 'BlocklistStatus' });

export const storeStatusSchema = z.strictObject({
  driver: z.enum(['sqlite', 'mongodb']),
  state: z.enum(['connected', 'connecting', 'away', 'closed']),
  since: timeSchema,
  error: z.string(),
});

const configFileSchema = z.strictObject({
  path: z.string(),
  loadedAt: timeSchema.meta({ description: 'When the edit that runs was taken over.' }),
  lastAttemptAt: timeSchema,
  error: z.string().meta({ description: 'Why the present edit is refused; empty: it runs.' }),
});

export const statusSchema = z
  .strictObject({
    version: z.string(),
    startedAt: timeSchema,
    uptimeMs: z.int(),
    memory: z
      .strictObject({
        residentBytes: z.int().meta({ description: 'What the process holds, all threads included.' }),
        heapBytes: z.int().meta({ description: 'In use by JavaScript of the main thread.' }),
      })
      .meta({ id: 'ProcessMemory' }),
    mode: z.enum(['threads', 'inline']),
    revision: z.int().meta({ description: 'Of the desired state.' }),
    generation: z.int().meta({ description: 'Of the published snapshot; 0: none yet.' }),
    persisted: z.boolean().meta({ description: 'false: what runs is not (yet) what the store holds.' }),
    workers: z.array(workerSchema),
    listeners: z.array(z.strictObject({ host: z.string(), port: z.int() })),
    ledger: ledgerSchema,
    store: storeStatusSchema,
    accessLog: accessLogShippingSchema,
    sharedLimits: sharedLimitsSchema,
    blocklist: blocklistSchema,
    configFile: configFileSchema.nullable(),
  })
  .meta({ id: 'Status' });

export type StatusResource = z.infer<typeof statusSchema>;
