import { z } from 'zod';
import { REDIRECT_STATUSES } from '../../../contract/policies/shaping.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import { redirectTargetProblem } from '../../units/template.js';
import { text } from '../scalar.schema.js';

/** A service that only sends elsewhere. */
export const redirectSchema = z
  .strictObject({
    to: text(redirectTargetProblem).meta({
      label: 'URL or path',
      description:
        'Where to: a URL, or a path of the same host. `{host}`, `{path}` and `{query}` (with its `?`) are those of the request.',
      examples: ['https://{host}{path}{query}', 'https://shop.example.com/sale'],
    }),
    status: z.literal(REDIRECT_STATUSES).optional().meta({
      default: BUILT_IN.redirect.status,
      description:
        '308 and 301 are for ever, 307 and 302 for now; 307 and 308 keep the method, 303 makes it GET.',
    }),
  })
  .meta({ title: 'Redirect', description: 'Sends every request elsewhere; no backend is asked.' });
