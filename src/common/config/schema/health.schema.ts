import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { probePathProblem } from '../units/path-prefix.js';
import { parseStatusRanges } from '../units/status-ranges.js';
import { TOKEN } from './names.schema.js';
import { duration, plainText, text, wholeNumber } from './scalar.schema.js';
import { quoted } from '../units/quoted.js';

const DAY_MS = 86_400_000;
/** The probe frames its own message; these would contradict it (RFC 9112 section 6). */
const FRAMING_HEADERS = ['connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect'];
const STATUS_ADVICE = 'write statuses from 100 to 599, such as 200, "200-399" or [200, "300-399"]';

const statusSchema = z
  .union([z.int(), z.string(), z.array(z.union([z.int(), z.string()])).max(100)])
  .check((context) => {
    if (parseStatusRanges(context.value) !== null) return;
    const message = `${JSON.stringify(context.value)} is no status or range: ${STATUS_ADVICE}`;
    context.issues.push({ code: 'custom', message, input: context.value });
  })
  .meta({ label: 'status, range, or list of these' });

const headersSchema = z
  .record(
    text((name) => {
      if (!TOKEN.test(name)) return `${quoted(name)} is no header name`;
      return FRAMING_HEADERS.includes(name.toLowerCase())
        ? `${quoted(name)} is set by the probe itself: remove it`
        : null;
    }),
    plainText('a header value', 4_096, 'must be a text: put it in quotes'),
    // Whatever stands there instead of headers may be a secret: it is not repeated.
    { error: 'must be an object: header names with their values' },
  )
  .meta({ label: 'header names with values' });

/** How the backends of a service are probed. */
export const healthSchema = z
  .strictObject({
    type: z.enum(['none', 'tcp', 'http', 'https']).optional().meta({
      default: BUILT_IN.health.type,
      description:
        '`tcp`: a connection is opened. `http`, `https`: a request is answered. `none`: no probes, the backend counts as healthy.',
    }),
    path: text(probePathProblem).optional().meta({
      label: 'path',
      default: BUILT_IN.health.path,
      description: 'Path and query of the request. Only with `http` and `https`.',
    }),
    method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST']).optional().meta({
      default: BUILT_IN.health.method,
      description: 'Method of the request. Only with `http` and `https`.',
    }),
    headers: headersSchema.optional().meta({
      description: 'Sent with the request; `host` overrides the Host header. Only with `http` and `https`.',
      examples: [{ host: 'shop.internal' }],
    }),
    status: statusSchema.optional().meta({
      default: BUILT_IN.health.status,
      description: 'Statuses that pass. Only with `http` and `https`.',
      examples: [200, '200-299', [200, '300-399']],
    }),
    body: plainText('the text to look for').optional().meta({
      description: 'Text that the response body must contain. Only with `http` and `https`.',
    }),
    port: wholeNumber(1, 65_535).optional().meta({ description: 'Another port than the backend’s own.' }),
    interval: duration({ min: 100, max: DAY_MS }).optional().meta({
      default: BUILT_IN.health.interval,
      description: 'From one probe of a backend to the next (with jitter).',
    }),
    timeout: duration({ min: 50, max: DAY_MS }).optional().meta({
      default: BUILT_IN.health.timeout,
      description: 'A probe that has no answer by then has failed. Must be below `interval`.',
    }),
    rise: wholeNumber(1, 100).optional().meta({
      default: BUILT_IN.health.rise,
      description:
        'Passes in a row that make an unhealthy backend healthy. The first probe of a new backend counts alone.',
    }),
    fall: wholeNumber(1, 100).optional().meta({
      default: BUILT_IN.health.fall,
      description: 'Failures in a row that make a healthy backend unhealthy.',
    }),
  })
  .meta({ title: 'Health', description: 'How the backends are probed.' });

export type HealthInput = z.output<typeof healthSchema>;
