import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { LONGEST_TIMEOUT_MS } from '../units/duration.js';
import { routeHostProblem } from '../units/host-name.js';
import { networkProblem } from '../units/network-address.js';
import { accessLogOutputsSchema } from './access-log-output.schema.js';
import { TOKEN } from './names.schema.js';
import { listenerSchema, listenHostSchema } from './listener.schema.js';
import { duration, listOf, plainText, size, text, wholeNumber, wholeNumberOrOff } from './scalar.schema.js';
import { redisSchema } from './redis.schema.js';
import { tracingSchema } from './tracing.schema.js';
import { defaultsSchema, serviceSchema, type ServiceInput } from './service.schema.js';
import { globalLists } from './globals.schema.js';
import { accessLogPolicyKeys } from './policies/access-log.schema.js';
import { discoverySchema } from './discovery.schema.js';
import { driversSchema } from './scaling/drivers.schema.js';
import { storageSchema } from './storage.schema.js';
import { quoted } from '../units/quoted.js';

const DAY_MS = 86_400_000;
const retention = duration({ min: 60_000, max: 3_650 * DAY_MS, off: true });

const adminSchema = z
  .strictObject({
    host: listenHostSchema.optional().meta({
      default: BUILT_IN.admin.host,
      description: 'Address of the admin API. Anything but loopback makes it reachable from other machines.',
    }),
    port: wholeNumber(0, 65_535).optional().meta({
      default: BUILT_IN.admin.port,
      description: 'Port of the admin API. 0: any free one.',
    }),
    tokenFile: plainText('a file path', 4_096).optional().meta({
      label: 'file path',
      default: BUILT_IN.admin.tokenFile,
      description: 'File with the bearer token; made at the first start, readable by its owner only.',
    }),
    allowedHosts: z
      .array(text(routeHostProblem).meta({ label: 'host' }))
      .max(1_000)
      .optional()
      .meta({
        default: [],
        description:
          'Host names under which the admin API may be called, beside `localhost` and addresses (protection from DNS rebinding).',
        examples: [['velocity.example.com']],
      }),
    authentication: z.enum(['token', 'off']).optional().meta({
      default: BUILT_IN.admin.authentication,
      description:
        '`off`: everybody who reaches the admin API may do everything; only with `host` on loopback.',
    }),
    tls: z
      .strictObject({
        cert: plainText('the path of a PEM file', 4_096).meta({
          label: 'file path',
          description:
            'PEM file with the certificate and those between it and the authority. Read anew when it changes.',
        }),
        key: plainText('the path of a PEM file', 4_096).meta({
          label: 'file path',
          description: 'PEM file with the private key of the certificate, without a passphrase.',
        }),
      })
      .optional()
      .meta({ description: 'The admin API speaks https only, TLS 1.2 or newer.' }),
  })
  .meta({ description: 'The admin API’s own listener.' });

const KIB = 1_024;
const spoolSchema = z
  .strictObject({
    path: plainText('a folder', 4_096).optional().meta({
      label: 'folder',
      default: BUILT_IN.accessLog.spool.path,
      description:
        'Folder of the spool, made with mode 0700. Unless it is given, `spool` beside the SQLite file, where there is one.',
    }),
    maxSize: size({ min: 2 * KIB ** 2, max: KIB ** 4 })
      .optional()
      .meta({
        default: BUILT_IN.accessLog.spool.maxSize,
        description: 'Of all its files together; beyond it the oldest records are lost, counted and shown.',
      }),
    segment: size({ min: KIB ** 2, max: KIB ** 3 })
      .optional()
      .meta({
        default: BUILT_IN.accessLog.spool.segment,
        description: 'Of one file: what is removed at a time. At most half of `maxSize`.',
      }),
  })
  .meta({ description: 'Where records wait on disk until the store has them.' });
const rollupsSchema = z
  .strictObject({
    minutes: retention.optional().meta({
      default: BUILT_IN.accessLog.rollups.minutes,
      description: 'Age at which sums of a minute are removed. Older times are answered by the hour.',
    }),
    hours: retention.optional().meta({
      default: BUILT_IN.accessLog.rollups.hours,
      description: 'The same for sums of an hour. Older times are answered by the day.',
    }),
    days: retention.optional().meta({
      default: BUILT_IN.accessLog.rollups.days,
      description: 'The same for sums of a day.',
    }),
  })
  .meta({
    description:
      'Sums over the exchanges, of which charts and tables of the past are made. `off`: kept forever.',
  });

const accessLogSchema = z
  .strictObject({
    enabled: z.boolean().optional().meta({
      default: BUILT_IN.accessLog.enabled,
      description: 'Whether each exchange is recorded.',
    }),
    retention: retention.optional().meta({
      default: BUILT_IN.accessLog.retention,
      description: 'Age at which the store removes records. `off`: kept forever.',
    }),
    maxBuffered: wholeNumber(1_000, 10_000_000).optional().meta({
      default: BUILT_IN.accessLog.maxBuffered,
      description:
        'Records that may wait in memory while the spool cannot be written, as on a full disk; beyond it the oldest are lost, counted and shown.',
    }),
    outputs: accessLogOutputsSchema,
    ...accessLogPolicyKeys,
    spool: spoolSchema.optional(),
    rollups: rollupsSchema.optional(),
  })
  .meta({ description: 'One record for each exchange.' });

const healthLogSchema = z
  .strictObject({
    record: z.enum(['all', 'changes']).optional().meta({
      default: BUILT_IN.healthLog.record,
      description: '`all`: each probe and each change of health. `changes`: changes and failed probes.',
    }),
    retention: retention.optional().meta({
      default: BUILT_IN.healthLog.retention,
      description: 'Age at which the store removes records. `off`: kept forever.',
    }),
  })
  .meta({ description: 'Records of probes.' });

const auditLogSchema = z
  .strictObject({
    retention: retention.optional().meta({
      default: BUILT_IN.auditLog.retention,
      description: 'Age at which the store removes records. `off`: kept forever.',
    }),
  })
  .meta({ description: 'Records of changes, and of attempts that were refused.' });

const scalingLogSchema = z
  .strictObject({
    retention: retention.optional().meta({
      default: BUILT_IN.scalingLog.retention,
      description: 'Age at which the store removes records. `off`: kept forever.',
    }),
  })
  .meta({ description: 'Records of decisions on the number of copies, of copies, and of what was found.' });

const historySchema = z
  .strictObject({
    revisions: wholeNumberOrOff(10, 10_000_000).optional().meta({
      default: BUILT_IN.history.revisions,
      description:
        'Newest revisions that are kept, with what they held; older ones go. `off`: all are kept forever.',
    }),
  })
  .meta({ description: 'How far back the history of the desired state goes.' });

const logSchema = z
  .strictObject({
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional().meta({
      default: BUILT_IN.log.level,
      description: 'Least important entries that are written.',
    }),
    format: z.enum(['auto', 'json', 'pretty']).optional().meta({
      default: BUILT_IN.log.format,
      description: '`auto`: for people on a terminal, JSON otherwise.',
    }),
  })
  .meta({ description: 'What the balancer says about itself on standard output.' });

/** The whole configuration as written. */
export const configSchema = z
  .strictObject({
    listeners: listOf(listenerSchema, 16)
      .optional()
      .meta({
        description: `Where traffic arrives. Omitted: one listener on ${BUILT_IN.listener.host}:${BUILT_IN.listener.port}.`,
      }),
    admin: adminSchema.optional(),
    workers: z
      .union([wholeNumber(1, 64), z.enum(['auto', 'inline'])])
      .optional()
      .meta({
        label: '`auto`, `inline`, or whole number, 1 to 64',
        default: BUILT_IN.workers,
        description:
          'Threads that serve traffic. `auto`: one for each core. `inline`: none, the main thread serves (for debugging).',
      }),
    storage: storageSchema.optional(),
    redis: redisSchema.optional(),
    tracing: tracingSchema.optional(),
    accessLog: accessLogSchema.optional(),
    healthLog: healthLogSchema.optional(),
    auditLog: auditLogSchema.optional(),
    scalingLog: scalingLogSchema.optional(),
    history: historySchema.optional(),
    drivers: driversSchema.optional(),
    discovery: discoverySchema.optional(),
    shutdown: z
      .strictObject({
        deadline: duration({ min: 0, max: LONGEST_TIMEOUT_MS }).optional().meta({
          default: BUILT_IN.shutdown.deadline,
          description: 'Exchanges that still run this long after the signal to stop are cut.',
        }),
      })
      .optional()
      .meta({ description: 'How the balancer stops.' }),
    log: logSchema.optional(),
    via: text((value) =>
      TOKEN.test(value) ? null : `${quoted(value)} is no pseudonym: write letters, digits, "-" and "."`,
    )
      .optional()
      .meta({
        label: 'name',
        default: BUILT_IN.via,
        description:
          'Our pseudonym in the `Via` header. A request that already carries it is a loop and gets 508, so balancers in a row need different ones.',
      }),
    trustedProxies: z
      .array(text(networkProblem).meta({ label: 'address or CIDR block' }))
      .max(10_000)
      .optional()
      .meta({
        default: [],
        description:
          'Addresses and CIDR blocks of proxies in front of us. Only their `X-Forwarded-*` headers are believed; those of others are replaced.',
        examples: [['10.0.0.0/8', '2001:db8::/32']],
      }),
    ...globalLists,
    defaults: defaultsSchema.optional(),
    services: z.array(serviceSchema).max(10_000).optional().meta({
      default: [],
      description: 'The applications. A request that fits none of them gets 404.',
    }),
  })
  .meta({ title: 'Velocity configuration', description: 'Configuration of the Velocity load balancer.' });

/** The configuration in authored form, with short forms of backends written out. Deep plain JSON. */
export type ConfigInput = Omit<z.output<typeof configSchema>, 'services'> & { services?: ServiceInput[] };
