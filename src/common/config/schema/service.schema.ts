import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { routeHostProblem } from '../units/host-name.js';
import { pathPrefixProblem } from '../units/path-prefix.js';
import { algorithmSchema } from './algorithm.schema.js';
import { backendEntrySchema, type BackendInput } from './backend.schema.js';
import { discoverySourcesSchema } from './discovery.schema.js';
import { healthSchema } from './health.schema.js';
import { listOf, text } from './scalar.schema.js';
import { serviceAccessLogSchema } from './policies/access-log.schema.js';
import { blockKeys } from './policies/block.schema.js';
import { breakerKeys } from './policies/breaker.schema.js';
import { overrideKeys } from './policies/overrides.schema.js';
import { queueKeys } from './policies/queue.schema.js';
import { shapingKeys } from './policies/shaping.schema.js';
import { retriesSchema } from './retries.schema.js';
import { rateLimitSchema } from './rate-limit.schema.js';
import { scalingSchema } from './scaling/scaling.schema.js';
import { serviceNameText } from './service-name.schema.js';
import { timeoutOrOff, timeoutsSchema } from './timeouts.schema.js';
import { tlsSchema } from './tls.schema.js';

const inheritable = {
  algorithm: algorithmSchema.optional().meta({
    default: BUILT_IN.algorithm,
    description: 'How a backend is picked: a name, or an object with its settings.',
    examples: ['least-connections', { name: 'header-hash', header: 'X-User' }],
  }),
  health: healthSchema.optional(),
  timeouts: timeoutsSchema.optional().meta({ description: 'How long to wait for what.' }),
  retries: retriesSchema.optional(),
  slowStart: timeoutOrOff(1_000)
    .optional()
    .meta({
      default: BUILT_IN.slowStart,
      description: 'Time over which a backend that became healthy grows to its full weight.',
      examples: ['30s'],
    }),
  tls: tlsSchema.optional(),
  ...queueKeys,
  ...breakerKeys,
  accessLog: serviceAccessLogSchema.optional(),
};

/** What every service inherits, key by key, unless it says otherwise itself. */
export const defaultsSchema = z.strictObject(inheritable).meta({
  title: 'Defaults',
  description: 'What every service inherits, key by key, and may override.',
});

/** A service as written. */
export const serviceSchema = z
  .strictObject({
    name: serviceNameText().meta({
      description: 'Unique. Lower-case letters, digits and `-`, at most 63 characters.',
    }),
    hosts: listOf(text(routeHostProblem).meta({ label: 'host' }), 1_000)
      .optional()
      .meta({
        description:
          'Exact host names, or `*.suffix` for all names below. Omitted: any host. An exact name wins over a wildcard.',
        examples: [['shop.example.com', '*.shop.example.com']],
      }),
    paths: listOf(text(pathPrefixProblem).meta({ label: 'path' }), 1_000)
      .optional()
      .meta({
        default: BUILT_IN.paths,
        description: 'Path prefixes; the longest match of all services wins.',
        examples: [['/api', '/static']],
      }),
    backends: z
      .array(backendEntrySchema)
      .max(10_000, { error: 'has too many items: write at most 10000' })
      .optional()
      .meta({
        default: [],
        description: 'The servers: objects, or their URLs alone. Without any, the service answers 503.',
      }),
    rateLimits: listOf(rateLimitSchema, 100)
      .optional()
      .meta({
        default: [],
        description:
          'How many requests are let through in a time. Each rule counts for itself; a request must pass all of them. What is beyond gets 429 with `Retry-After`.',
        examples: [[{ by: 'ip', rate: '100/1m', burst: 50 }]],
      }),
    ...blockKeys,
    ...shapingKeys,
    ...overrideKeys,
    scaling: scalingSchema.optional(),
    discovery: discoverySourcesSchema.optional().meta({
      default: [],
      description: 'Where further backends are found. One that is typed in stays as it is typed in.',
      examples: [[{ dns: 'shop.internal', port: 8080 }]],
    }),
    ...inheritable,
  })
  .meta({
    title: 'Service',
    description: 'An application: hosts and paths, its backends, and how they are used.',
  });

/** A service in authored form, with short forms of backends written out. Deep plain JSON. */
export type ServiceInput = Omit<z.output<typeof serviceSchema>, 'backends'> & { backends?: BackendInput[] };
export type DefaultsInput = z.output<typeof defaultsSchema>;
