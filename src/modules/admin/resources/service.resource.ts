import { z } from 'zod';
import { serviceSchema } from '../../../common/config/index.js';
import {
  ADMIN_STATES,
  ALGORITHM_NAMES,
  CIRCUIT_STATE_NAMES,
  HEALTH_STATES,
  RATE_LIMIT_KEYS,
} from '../../../common/contract/index.js';

import { policiesResourceSchema } from './policies/index.js';
import { discoverySourceResourceSchema, scalingSettingsSchema } from './scaling-settings.resource.js';
import { retriesResourceSchema } from './retries.resource.js';
import { timeoutsResourceSchema } from './timeouts.resource.js';
import { milliseconds, timeSchema } from './time.resource.js';

const breakerStateSchema = z.enum(CIRCUIT_STATE_NAMES);

export const backendResourceSchema = z
  .strictObject({
    id: z.string().meta({ description: 'Stable over reloads and restarts.', examples: ['3f1c9a7b2d4e6f80'] }),
    service: z.string(),
    url: z.string().meta({ description: 'Normalised origin.', examples: ['http://10.0.0.7:8080'] }),
    weight: z.int().min(0).max(1000),
    backup: z.boolean().meta({ description: 'Used only while no other backend is available.' }),
    group: z.string().nullable().meta({ description: 'Its group; null: the service is not split.' }),
    source: z
      .string()
      .nullable()
      .meta({
        description: 'Who brought it and takes it away: a source of discovery, or `scaling`; null: typed in.',
        examples: ['docker'],
      }),
    state: z.enum(ADMIN_STATES).meta({ description: "The operator's will." }),
    health: z.enum(HEALTH_STATES).meta({ description: "The probes' verdict." }),
    available: z.boolean().meta({
      description: 'Enabled, healthy, not ejected, breaker closed: it may be picked.',
    }),
    ejectedUntil: timeSchema
      .nullable()
      .meta({ description: 'Until when it is out because of consecutive failures; null: it is not.' }),
    breaker: breakerStateSchema.meta({ description: 'Its circuit breaker.' }),
    inFlight: z.int().meta({ description: 'Exchanges there now: a draining backend with 0 can be stopped.' }),
  })
  .meta({ id: 'Backend', description: 'One server of a service, with its live state.' });

export const effectiveServiceSchema = z
  .strictObject({
    hosts: z.array(z.string()).meta({ description: 'Empty: any host.' }),
    paths: z.array(z.string()),
    algorithm: z.strictObject({
      name: z.enum(ALGORITHM_NAMES),
      header: z.string(),
      cookie: z.string(),
      boundedLoad: z.number(),
    }),
    health: z.strictObject({
      type: z.enum(['none', 'tcp', 'http', 'https']),
      port: z.int(),
      path: z.string(),
      method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST']),
      headers: z.record(z.string(), z.string()),
      status: z.array(z.strictObject({ from: z.int(), to: z.int() })),
      body: z.string(),
      intervalMs: milliseconds,
      timeoutMs: milliseconds,
      rise: z.int(),
      fall: z.int(),
    }),
    timeouts: timeoutsResourceSchema,
    retries: retriesResourceSchema,
    rateLimits: z.array(
      z.strictObject({
        name: z.string(),
        by: z.array(z.enum(RATE_LIMIT_KEYS)).meta({ description: 'What is counted apart; empty: nothing.' }),
        header: z.string(),
        method: z.string().meta({ description: 'Empty: any.' }),
        path: z.string().meta({ description: 'Pattern; empty: any.' }),
        limit: z.int().meta({ description: 'Exchanges per window in the long run.' }),
        windowMs: milliseconds,
        burst: z.int().meta({ description: 'Exchanges that may come at once.' }),
        shadow: z.boolean(),
      }),
    ),
    policies: policiesResourceSchema,
    slowStartMs: milliseconds,
    tls: z.strictObject({
      ownAuthority: z.boolean().meta({ description: "false: the system's authorities are trusted." }),
      serverName: z.string(),
      verify: z.boolean(),
    }),
    scaling: scalingSettingsSchema.nullable().meta({ description: 'null: it is not scaled.' }),
    discovery: z.array(discoverySourceResourceSchema),
  })
  .meta({ id: 'EffectiveService', description: 'What runs: defaults filled in, units resolved.' });

/** As in the file and in bodies; the stored form has short forms written out. */
export const serviceDefinitionSchema = serviceSchema.meta({ id: 'ServiceDefinition' });

export const serviceResourceSchema = z
  .strictObject({
    name: z.string(),
    definition: serviceDefinitionSchema.meta({ description: 'As written; may be sent back with PUT.' }),
    effective: effectiveServiceSchema,
    breaker: breakerStateSchema.meta({ description: 'The circuit breaker of the service as a whole.' }),
    backends: z.array(backendResourceSchema),
    queue: z
      .strictObject({
        running: z.int().meta({ description: 'Exchanges that run under `maxInFlight`; 0 without one.' }),
        waiting: z.int().meta({ description: 'Exchanges that wait, be it for a turn or for a backend.' }),
      })
      .meta({ id: 'ServiceQueue', description: 'Now, over all workers.' }),
  })
  .meta({ id: 'Service', description: 'An application: as written, as it runs, and its backends now.' });

export const servicePageSchema = z
  .strictObject({
    items: z.array(serviceResourceSchema),
    next: z
      .string()
      .nullable()
      .meta({ description: 'Path and query of the next page; null: this was the last one.' }),
  })
  .meta({ id: 'ServicePage', description: 'By name.' });

export const backendListSchema = z
  .strictObject({ items: z.array(backendResourceSchema) })
  .meta({ id: 'BackendList' });

export type BackendResource = z.infer<typeof backendResourceSchema>;
export type EffectiveService = z.infer<typeof effectiveServiceSchema>;
