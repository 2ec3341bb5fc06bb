import { z } from 'zod';
import { pathPatternProblem } from '../../units/path-pattern.js';
import { methodName } from '../names.schema.js';
import { retriesSchema } from '../retries.schema.js';
import { listOf, text } from '../scalar.schema.js';
import { pathTimeoutsSchema } from '../timeouts.schema.js';

const overrideSchema = z
  .strictObject({
    method: methodName().optional().meta({ description: 'Only requests with this method. Omitted: any.' }),
    path: text(pathPatternProblem).meta({
      label: 'path pattern',
      description:
        'Only requests with such a path: `*` stands for one segment, `**` at the end for any rest. Other spellings of the path (`//`, `%2e`, `..`, a slash at the end) are taken for it.',
      examples: ['/reports/**'],
    }),
    timeouts: pathTimeoutsSchema.optional().meta({
      description: 'Key by key instead of those of the service; all but `upstreamIdle`.',
    }),
    retries: retriesSchema.optional().meta({ description: 'Key by key instead of those of the service.' }),
  })
  .meta({ title: 'Override', description: 'Timeouts and retries of some paths.' });

/** Keys of a service. */
export const overrideKeys = {
  overrides: listOf(overrideSchema, 100)
    .optional()
    .meta({
      default: [],
      description:
        'Timeouts and retries of single paths. The first item that fits a request applies to it; what the item leaves out is as the service says.',
      examples: [[{ path: '/reports/**', timeouts: { response: '5m' } }]],
    }),
};

export type OverrideInput = z.output<typeof overrideSchema>;
