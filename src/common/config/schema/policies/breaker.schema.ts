import { z } from 'zod';
import { FALLBACK_REASONS } from '../../../contract/policies/breaker.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import { LONGEST_TIMEOUT_MS } from '../../units/duration.js';
import { duration, listOf, mode, plainText, text, wholeNumber } from '../scalar.schema.js';
import { PART } from '../../units/percent.js';
import { percent } from '../percent.schema.js';

const MAX_BODY = 65_536;
const { circuitBreaker, ejection } = BUILT_IN;
/** Beside an object: what is neither is told of both. */
const OFF = z.literal('off', {
  error: ({ input }) =>
    typeof input === 'string' ? `is the text "${input}": write an object, or off` : undefined,
});
const time = (min: number) => duration({ min, max: LONGEST_TIMEOUT_MS });

const slowSchema = z
  .union([
    z.strictObject({
      share: percent(PART).meta({ description: 'Share of the calls that opens it.' }),
      over: time(1).meta({ description: 'A call that takes longer to its response head is slow.' }),
    }),
    OFF,
  ])
  .optional()
  .meta({
    label: '`{ share, over }` or `off`',
    default: circuitBreaker.slow,
    description:
      'Also open when so many calls are slow. Requests with a body are never slow: how fast it is sent is up to the client.',
    examples: [{ share: '50%', over: '2s' }],
  });

/** Written as an object, it is on. */
const circuitBreakerSchema = z.strictObject({
  errors: percent(PART).optional().meta({
    default: circuitBreaker.errors,
    description: 'Share of the calls that fail from which on it opens.',
  }),
  slow: slowSchema,
  minimum: wholeNumber(1, 1_000_000).optional().meta({
    default: circuitBreaker.minimum,
    description: 'Calls within the window below which it never opens.',
  }),
  window: time(1_000).optional().meta({
    default: circuitBreaker.window,
    description: 'Over what time calls are counted (to an eighth of it).',
  }),
  open: time(100).optional().meta({
    default: circuitBreaker.open,
    description:
      'For how long nothing is sent at first. Each failed trial doubles it; up to a tenth is taken off by chance.',
  }),
  maxOpen: time(100).optional().meta({
    default: circuitBreaker.maxOpen,
    description: 'The longest such time.',
  }),
  probes: wholeNumber(1, 1_000).optional().meta({
    default: circuitBreaker.probes,
    description:
      'Requests that are let through as trials when the time is over. It closes when all succeed; one failure opens it again.',
  }),
  per: z.enum(['backend', 'service', 'both']).optional().meta({
    default: circuitBreaker.per,
    description:
      '`backend`: each backend has a breaker; an open one takes it out of rotation. `service`: the service has one; while it is open, requests get `circuit_open` (503).',
  }),
  mode: mode('it tells when it would open, and keeps nothing out.'),
});

/** Written as an object, it is on. */
const ejectionSchema = z.strictObject({
  consecutive: wholeNumber(1, 1_000_000).optional().meta({
    default: ejection.consecutive,
    description: 'Failures in a row after which a backend is taken out.',
  }),
  base: time(100).optional().meta({
    default: ejection.base,
    description: 'For how long, times the number of recent ejections; up to a tenth is taken off by chance.',
  }),
  max: time(100).optional().meta({ default: ejection.max, description: 'The longest such time.' }),
  maxShare: percent(PART).optional().meta({
    default: ejection.maxShare,
    description:
      'Share of the backends of a service that may be out at a time; one always may, but never the last that is available.',
  }),
  mode: mode('it tells whom it would take out, and takes out nobody.'),
});

const fallbackSchema = z
  .strictObject({
    service: plainText('the name of a service', 63)
      .optional()
      .meta({ description: 'Another service that serves instead. Its own fallback is not asked again.' }),
    status: wholeNumber(200, 599).optional().meta({ description: 'The status of a fixed answer.' }),
    body: z
      .string()
      .max(MAX_BODY, { error: `is too long: write at most ${MAX_BODY} characters` })
      .optional()
      .meta({ description: 'With `status`: the body. Default: empty.' }),
    contentType: text((value) =>
      /^[\x20-\x7e]{1,256}$/.test(value) ? null : 'is no media type: write one, such as application/json',
    )
      .optional()
      .meta({ label: 'media type', default: BUILT_IN.fallback.contentType, description: 'With `body`.' }),
    on: listOf(z.enum(FALLBACK_REASONS), FALLBACK_REASONS.length)
      .optional()
      .meta({
        default: [...FALLBACK_REASONS],
        description: 'For which refusals. `no_backend`: no backend is available.',
      }),
  })
  .check((context) => {
    const { service, status, body, contentType } = context.value;
    const tell = (message: string, ...path: string[]) =>
      context.issues.push({ code: 'custom', message, path, input: context.value });
    if (service === undefined && status === undefined)
      tell('says nothing to answer: write service, or status and body');
    if (service !== undefined && status !== undefined)
      tell('has no meaning beside service: remove one of them', 'status');
    if (status === undefined && body !== undefined) tell('has no meaning without status: add it', 'body');
    if (body === undefined && contentType !== undefined)
      tell('has no meaning without body: add it, or remove this', 'contentType');
    if (body !== undefined && (status === 204 || status === 304))
      tell(`cannot be sent: an answer with status ${status} has no body`, 'body');
  });

/** Keys of a service and of `defaults`. */
export const breakerKeys = {
  circuitBreaker: z
    .union([circuitBreakerSchema, OFF])
    .optional()
    .meta({
      label: 'object or `off`',
      default: 'off',
      description: 'Gives backends, or the whole service, a rest when too much fails.',
      examples: [{ errors: '50%', minimum: 20 }],
    }),
  ejection: z
    .union([ejectionSchema, OFF])
    .optional()
    .meta({
      label: 'object or `off`',
      default: { ...ejection },
      description: 'Takes a backend out for a while after failures in a row.',
    }),
  panicThreshold: percent({ ...PART, off: true })
    .optional()
    .meta({
      default: BUILT_IN.panicThreshold,
      description:
        'With a smaller share of the backends available, ejections and open breakers keep nobody out: better all of them than too few. What probes and operators say still holds.',
      examples: ['30%'],
    }),
  fallback: fallbackSchema.optional().meta({
    label: 'object',
    description: 'What is done instead of refusing while nothing can be sent to the service.',
    examples: [{ service: 'sorry-pages' }, { status: 200, body: '[]', contentType: 'application/json' }],
  }),
};

export type CircuitBreakerInput = z.output<typeof circuitBreakerSchema>;
export type EjectionInput = z.output<typeof ejectionSchema>;
export type FallbackInput = z.output<typeof fallbackSchema>;
