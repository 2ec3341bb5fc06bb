import { z } from 'zod';
import {
  CLIENT_REDACTIONS,
  MAX_RECORDED_HEADERS,
  OPTIONAL_FIELDS,
  RECORDED_ALWAYS,
} from '../../../contract/policies/access-log.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import { LONGEST_TIMEOUT_MS } from '../../units/duration.js';
import { quoted } from '../../units/quoted.js';
import { headerName } from '../names.schema.js';
import { percent } from '../percent.schema.js';
import { duration, listOf, plainText } from '../scalar.schema.js';

const MAX_QUERY_NAMES = 100;
const MAX_REDACTED_HEADERS = 100;
/** They have fields of their own. */
const FIELD_HEADERS: Readonly<Record<string, string>> = {
  'user-agent': 'userAgent',
  referer: 'referer',
  host: 'host',
};

const fieldsSchema = z
  .strictObject({
    without: z
      .array(z.enum(OPTIONAL_FIELDS))
      .max(OPTIONAL_FIELDS.length)
      .meta({
        description: 'Fields that are left empty.',
        examples: [['userAgent', 'referer']],
      }),
  })
  .meta({ title: 'Fields of records' });

const redactSchema = z
  .strictObject({
    query: z
      .union([z.enum(['secrets', 'all']), listOf(plainText('the name of a parameter', 256), MAX_QUERY_NAMES)])
      .optional()
      .meta({
        label: '`secrets`, `all`, or list of names',
        default: BUILT_IN.accessLogPolicy.redact.query,
        description:
          'Values in query strings, that of `Referer` included, which are recorded as `***`: those of parameters with a telling name (`token`, `password` …), all, or these and the telling ones.',
        examples: [['email', 'phone']],
      }),
    headers: z
      .array(headerName())
      .max(MAX_REDACTED_HEADERS)
      .optional()
      .meta({
        default: [],
        description:
          'Headers that are recorded as `***`, also `User-Agent` and `Referer`. Those that hold secrets (`Authorization`, `Cookie` …) always are.',
        examples: [['X-User']],
      }),
    client: z.enum(CLIENT_REDACTIONS).optional().meta({
      default: BUILT_IN.accessLogPolicy.redact.client,
      description:
        '`network`: of clients only the network is recorded, the /24 of an IPv4 and the /48 of an IPv6 address.',
    }),
  })
  .meta({ title: 'Redaction', description: 'What is recorded as `***`, or not whole.' });

/** Which exchanges are recorded, and what of them: keys at the top level, of `defaults` and of a service. */
export const accessLogPolicyKeys = {
  sample: percent({ min: 0, max: 100 })
    .optional()
    .meta({
      default: BUILT_IN.accessLogPolicy.sample,
      description:
        'How many of the ordinary exchanges are recorded. All are counted: sums, charts and metrics stay exact.',
      examples: ['10%'],
    }),
  always: z.array(z.enum(RECORDED_ALWAYS)).max(RECORDED_ALWAYS.length).optional().meta({
    default: BUILT_IN.accessLogPolicy.always,
    description:
      'What is recorded whatever the sample. `errors`: a backend answered 500 or more. `drops`: the balancer refused. `slow`: it took at least `slow`. `retries`: more than one attempt.',
  }),
  slow: duration({ min: 1, max: LONGEST_TIMEOUT_MS }).optional().meta({
    default: BUILT_IN.accessLogPolicy.slow,
    description: 'From when on an exchange is slow, by its whole time. Upgraded connections never are.',
  }),
  fields: z
    .union([fieldsSchema, z.literal('all')])
    .optional()
    .meta({
      label: '`all` or object',
      default: BUILT_IN.accessLogPolicy.fields,
      description: 'Which of the fields that may be left out are recorded.',
      examples: [{ without: ['userAgent', 'referer'] }],
    }),
  headers: z
    .array(headerName())
    .max(MAX_RECORDED_HEADERS, { error: `has too many items: write at most ${MAX_RECORDED_HEADERS}` })
    .check((context) => {
      const seen = new Set<string>();
      for (const [index, name] of context.value.entries()) {
        const message = headerProblem(name.toLowerCase(), seen);
        if (message !== null) context.issues.push({ code: 'custom', message, path: [index], input: name });
      }
    })
    .optional()
    .meta({
      default: [],
      description: `Request headers that are recorded too, at most ${MAX_RECORDED_HEADERS}; each value is cut after 256 bytes.`,
      examples: [['X-Tenant', 'Accept-Language']],
    }),
  redact: redactSchema.optional(),
  decisions: z
    .strictObject({
      sample: percent({ min: 0, max: 100 })
        .optional()
        .meta({
          default: BUILT_IN.accessLogPolicy.decisions.sample,
          description:
            'Of how many of the recorded ordinary exchanges the decision is recorded, too. That of drops, errors, retries and slow ones always is.',
          examples: ['100%'],
        }),
    })
    .optional()
    .meta({
      title: 'Decisions',
      description: 'Why exchanges went the way they went, for `velocity explain`.',
    }),
};

function headerProblem(name: string, seen: Set<string>): string | null {
  const field = FIELD_HEADERS[name];
  if (field !== undefined) return `${quoted(name)} is recorded already, as the field ${field}: remove it`;
  if (seen.has(name)) return `${quoted(name)} is listed already: remove one of them`;
  seen.add(name);
  return null;
}

/** Of a service and of `defaults`. */
export const serviceAccessLogSchema = z.strictObject(accessLogPolicyKeys).meta({
  title: 'Access log of a service',
  description: 'Which exchanges are recorded, and what of them. What it leaves out is as at the top level.',
});

/** In authored form. */
export type AccessLogPolicyInput = z.output<typeof serviceAccessLogSchema>;

const POLICY_KEYS = Object.keys(accessLogPolicyKeys) as readonly (keyof AccessLogPolicyInput)[];

/** The policy in something that has more keys; null: there is none. */
export function accessLogPolicyOf(source: AccessLogPolicyInput | undefined): AccessLogPolicyInput | null {
  const written = POLICY_KEYS.filter((key) => source?.[key] !== undefined);
  return written.length === 0 ? null : Object.fromEntries(written.map((key) => [key, source![key]]));
}
