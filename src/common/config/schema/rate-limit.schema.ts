import { z } from 'zod';
import { RATE_LIMIT_KEYS } from '../../contract/rate-limit.js';
import { quoted } from '../units/quoted.js';
import { pathPatternProblem } from '../units/path-pattern.js';
import { rateProblem } from '../units/rate.js';
import { TOKEN } from './algorithm.schema.js';
import { listOf, text, wholeNumber } from './scalar.schema.js';

const RULE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A method as requests have it. */
export const METHOD = /^[A-Z][A-Z-]{0,31}$/;
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
    name: text((value) =>
      RULE_NAME.test(value)
        ? null
        : `${quoted(value)} is no name: write lower-case letters, digits and "-", at most 63 characters`,
    )
      .optional()
      .meta({
        label: 'name',
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
    header: text((value) => (TOKEN.test(value) ? null : `${quoted(value)} is no header name`))
      .optional()
      .meta({
        label: 'header name',
        description: 'With `by: header`, required there: whose value is counted apart, such as an API key.',
      }),
    method: text((value) => (METHOD.test(value) ? null : `${quoted(value)} is no method: write it as POST`))
      .optional()
      .meta({ label: 'method', description: 'Only requests with this method count. Omitted: any.' }),
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
    mode: z.enum(['enforce', 'shadow']).optional().meta({
      default: 'enforce',
      description:
        '`shadow`: nothing is refused; the access log shows what would have been (`shadowReason`), and a metric counts it.',
    }),
  })
  .check((context) => {
    const { by, header } = context.value;
    const hasHeader = [by].flat().includes('header');
    if (hasHeader && header === undefined) {
      const message = 'needs the header whose values are counted: write header, such as header: X-Api-Key';
      context.issues.push({ code: 'custom', message, path: ['by'], input: by });
    }
    if (!hasHeader && header !== undefined) {
      const message = 'has no meaning without by: header: remove it, or add header to by';
      context.issues.push({ code: 'custom', message, path: ['header'], input: header });
    }
  })
  .meta({ title: 'Rate limit', description: 'So many requests in a time.' });

export type RateLimitInput = z.output<typeof rateLimitSchema>;
