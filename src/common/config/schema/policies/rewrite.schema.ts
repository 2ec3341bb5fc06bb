import { z } from 'zod';
import { pathPrefixProblem } from '../../units/path-prefix.js';
import { rewrittenPathProblem } from '../../units/template.js';
import { text } from '../scalar.schema.js';

const prefix = () => text(pathPrefixProblem).meta({ label: 'path' });
const WAYS = ['stripPrefix', 'prefix', 'path'] as const;

/** What path backends are asked for: one of three ways. */
export const rewriteSchema = z
  .strictObject({
    stripPrefix: prefix()
      .optional()
      .meta({
        description: 'Taken off the path where it begins with it: `/api/users` becomes `/users`.',
        examples: ['/api'],
      }),
    prefix: z
      .strictObject({
        from: prefix().meta({ description: 'Whole segments; a path that does not begin with them stays.' }),
        to: prefix().meta({ description: 'What takes their place.' }),
      })
      .optional()
      .meta({ description: 'Replaced where the path begins with `from`.' }),
    path: text(rewrittenPathProblem)
      .optional()
      .meta({
        label: 'path',
        description: 'Replaces the whole path. `{path}`, `{host}` and `{service}` may stand in it.',
        examples: ['/sites/{host}{path}'],
      }),
  })
  .check((context) => {
    const written = WAYS.filter((way) => context.value[way] !== undefined);
    if (written.length === 1 || context.issues.length > 0) return;
    const message =
      written.length === 0
        ? `is empty: write one of ${WAYS.join(', ')}`
        : `has ${written.join(' and ')}: write one of them`;
    context.issues.push({ code: 'custom', message, input: context.value });
  })
  .meta({
    title: 'Rewrite',
    description:
      'Changes the path that backends are asked for. The query stays, and the record has the path as it came.',
  });
