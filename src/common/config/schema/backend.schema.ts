import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { parseBackendUrl } from '../units/backend-origin.js';
import { maxInFlight } from './policies/queue.schema.js';
import { groupName } from './policies/split.schema.js';
import { plainText, text, wholeNumber } from './scalar.schema.js';

const urlSchema = text((value) => {
  const result = parseBackendUrl(value);
  return result.ok ? null : result.problem;
}).meta({
  label: 'URL',
  pattern: '^https?://[^/?#@]+/?$',
  description:
    'Scheme, host and port of the server, without path: `http://10.0.0.7:8080`. Without a port, 80 or 443 is used.',
  examples: ['http://10.0.0.7:8080', 'https://app.internal:8443', 'http://[2001:db8::7]:8080'],
});

const changeable = {
  weight: wholeNumber(0, 1_000).optional().meta({
    default: BUILT_IN.backend.weight,
    description:
      'Share of the traffic, relative to the other backends of the service. 0: no new exchange, but still probed.',
  }),
  backup: z.boolean().optional().meta({
    default: BUILT_IN.backend.backup,
    description: 'Used only while no other backend of the service is available.',
  }),
  maxInFlight: maxInFlight.optional().meta({
    description:
      'Requests there at a time, over all workers. Omitted: the service’s `maxInFlightPerBackend`.',
    examples: [50],
  }),
  group: groupName()
    .optional()
    .meta({
      description: 'Its group, where the service has `split`; required there.',
      examples: ['canary'],
    }),
  state: z.enum(['enabled', 'draining', 'disabled']).optional().meta({
    default: BUILT_IN.backend.state,
    description:
      'The operator’s will. `draining`: takes nothing new, finishes what runs. `disabled`: takes nothing and is not probed.',
  }),
};

/** A backend as written, long form. */
export const backendSchema = z
  .strictObject({
    url: urlSchema,
    ...changeable,
    source: plainText('a name', 1_024).optional().meta({
      label: 'name',
      description:
        'Who brought it: set by discovery and by scaling, which take such backends away again. Omitted: typed in, and nobody else’s.',
    }),
  })
  .meta({ title: 'Backend', description: 'One server of a service.' });

/** A change of a backend's settings: at least one of them. */
export const backendPatchSchema = z
  .strictObject(changeable)
  .check((context) => {
    if (Object.keys(context.value).length > 0 || context.issues.length > 0) return;
    context.issues.push({
      code: 'custom',
      message: 'is empty: give weight, backup, maxInFlight, group or state',
      input: context.value,
    });
  })
  .meta({
    title: 'BackendPatch',
    description: 'A change of a backend: at least one of the keys.',
    minProperties: 1,
  });

/** Long form, or the URL alone. */
export const backendEntrySchema = z.union([backendSchema, urlSchema]).meta({ label: 'URL or object' });

export type BackendInput = z.output<typeof backendSchema>;
export type BackendPatch = z.output<typeof backendPatchSchema>;
