import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { quoted } from '../units/quoted.js';
import { headerName } from './names.schema.js';
import { percent } from './percent.schema.js';
import { duration, plainText, text } from './scalar.schema.js';

/** It may hold a token in its query: never repeated in a message. */
function urlProblem(url: string): string | null {
  if (!URL.canParse(url)) return 'is no URL: write for example http://127.0.0.1:4318';
  const { protocol, username } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:')
    return `${quoted(protocol)} is not spoken: write an http: or https: URL`;
  return username === '' ? null : 'has a user name: put it into `headers`, as Authorization';
}

const otlpSchema = z
  .strictObject({
    url: text(urlProblem).meta({
      label: 'URL',
      description: 'Of the collector. Without a path `/v1/traces` is added.',
      examples: ['http://127.0.0.1:4318'],
    }),
    headers: z
      .record(headerName(), plainText('A value', 4_096))
      .optional()
      .meta({
        label: 'header names with values',
        description: 'Sent with each request, such as a token of the collector.',
        examples: [{ Authorization: 'Bearer ${OTLP_TOKEN}' }],
      }),
    timeout: duration({ min: 100, max: 60_000 }).optional().meta({
      default: BUILT_IN.tracing.timeout,
      description:
        'How long sending a batch may take, repeats included; then its spans are given up, and counted.',
    }),
    name: plainText('A name', 128)
      .optional()
      .meta({ default: BUILT_IN.tracing.name, description: '`service.name` of the spans.' }),
  })
  .meta({ description: 'Where spans are exported to. Omitted: none are recorded.' });

/** Distributed traces. */
export const tracingSchema = z
  .strictObject({
    sample: percent({ min: 0, max: 100 }).optional().meta({
      default: BUILT_IN.tracing.sample,
      description:
        'Share of the traces begun here that are sampled. Whether one that a client has begun is, the client has decided.',
    }),
    trust: z.enum(['all', 'proxies']).optional().meta({
      default: BUILT_IN.tracing.trust,
      description:
        '`all`: the trace of any client is continued. `proxies`: only that of `trustedProxies`; for others one is begun.',
    }),
    otlp: otlpSchema.optional(),
  })
  .meta({ title: 'Tracing', description: 'Distributed traces by W3C Trace Context.' });
