import { z } from 'zod';
import { OUTPUT_FORMATS } from '../access-log-output.js';
import { BUILT_IN } from '../built-in-defaults.js';
import { plainText } from './scalar.schema.js';

/** Where else records go, as text. */
export const accessLogOutputSchema = z
  .strictObject({
    to: plainText('stdout, or the path of a file', 4_096).meta({
      label: '`stdout` or file path',
      description:
        'File that lines are appended to, made when it is missing and again when it was moved away; or `stdout`, beside the application log.',
      examples: ['/var/log/velocity/access.log'],
    }),
    format: z.enum(OUTPUT_FORMATS).optional().meta({
      default: BUILT_IN.accessLogOutput.format,
      description:
        '`json`: a line with all fields. `common`, `combined`: as of NCSA, Apache and nginx, for programs that read these.',
    }),
  })
  .meta({ title: 'Output of the access log' });

export const accessLogOutputsSchema = z
  .array(accessLogOutputSchema)
  .max(8)
  .check((context) => {
    const seen = new Set<string>();
    for (const [index, { to }] of context.value.entries()) {
      if (seen.has(to)) {
        const message = `${JSON.stringify(to)} is an output already: its lines would be mixed`;
        context.issues.push({ code: 'custom', message, path: [index, 'to'], input: to });
      }
      seen.add(to);
    }
  })
  .optional()
  .meta({
    default: [],
    description: 'Where recorded exchanges are written as text too, beside the store.',
    examples: [[{ to: 'stdout', format: 'json' }]],
  });
