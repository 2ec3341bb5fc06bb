import { z } from 'zod';
import { RATE_LIMIT_KEYS } from '../../contract/rate-limit.js';
import { quoted } from '../units/quoted.js';
import { pathPatternProblem } from '../units/path-pattern.js';
import { rateProblem } from '../units/rate.js';
import { headerName, methodName, ruleName } from './names.schema.js';
import { listOf, mode, text, wholeNumber } from './scalar.schema.js';

/** Whoever sends a request writes them as they like. */
const ADDRESS_HEADERS: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'x-client-ip',
]);
const keySchema = z.enum(RATE_LIMIT_KEYS);

function rate() {
  return z
    .string({
      error: ({ input }) =>
        typeof input === 'number' ? `a rate needs a time: write ${input}/1m if that is meant` : undefined,
    })
    .check((context) => {
      const message = rateProblem(context.value);
      if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
    });
}

/** So many requests in a time. */
export const rateLimitSchema = z
  .strictObject({
    name: ruleName().optional().meta({
      description:
        'What clients (in `RateLimit`) and logs are told. Omitted: made from the rule, such as `ip` or `ip-endpoint`.',
    }),
    by: z
      .union([keySchema, listOf(keySchema, RATE_LIMIT_KEYS.length), z.literal('all')])
      .optional()
      .meta({
        label: '`ip`, `endpoint`, `header`, a list of them, or `all`',
        default: 'ip',
        description:
          'What is counted apart. `ip`: each client address (IPv6: each /64). `endpoint`: each method and path; with `path`, all that it matches are one. `header`: each value of `header`. `all`: nothing, all requests share the allowance.',
        examples: ['ip', ['ip', 'endpoint']],
      }),
    header: headerName().optional().meta({
      description: 'With `by: header`, required there: whose value is counted apart, such as an API key.',
    }),
    method: methodName()
      .optional()
      .meta({ description: 'Only requests with this method count. Omitted: any.' }),
    path: text(pathPatternProblem)
      .optional()
      .meta({
        label: 'path pattern',
        description:
          'Only requests with such a path count: `*` stands for one segment, `**` at the end for any rest. Other spellings of the path (`//`, `%2e`, `..`, a slash at the end) count as it. Omitted: any.',
        examples: ['/login', '/users/*/orders/**'],
      }),
    rate: rate().meta({
      label: 'rate',
      description: 'How many requests in which time, in the long run.',
      examples: ['100/1m'],
    }),
    burst: wholeNumber(1, 1_000_000).optional().meta({
      description: 'How many may come at once after a rest. Omitted: as many as the count of `rate`.',
    }),
    shared: z.boolean().optional().meta({
      default: false,
      description:
        'Balancers with the same `redis` count as one, by the names of service and rule; only with `redis`. While Redis is away each counts for itself.',
    }),
    mode: mode(
      'nothing is refused; the access log shows what would have been (`shadowReason`), and a metric counts it.',
    ),
  })
  .check((context) => {
    const { by, header } = context.value;
    const hasHeader = [by].flat().includes('header');
    if (hasHeader && header === undefined) {
      const message = 'needs the header whose values are counted: write header, such as header: X-Api-Key';
      context.issues.push({ code: 'custom', message, path: ['by'], input: by });
    }
    if (hasHeader && header !== undefined && ADDRESS_HEADERS.has(header.toLowerCase())) {
      const message = `${quoted(header)} can say anything, so nothing would be limited: write by: ip, which believes it from trustedProxies only`;
      context.issues.push({ code: 'custom', message, path: ['header'], input: header });
    }
    if (!hasHeader && header !== undefined) {
      const message = 'has no meaning without by: header: remove it, or add header to by';
      context.issues.push({ code: 'custom', message, path: ['header'], input: header });
    }
  })
  .meta({ title: 'Rate limit', description: 'So many requests in a time.' });

export type RateLimitInput = z.output<typeof rateLimitSchema>;
