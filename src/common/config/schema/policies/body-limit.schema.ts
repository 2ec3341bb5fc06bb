import { z } from 'zod';
import { mode, size } from '../scalar.schema.js';

const limit = () => size({ min: 1, max: 1_099_511_627_776 });

/** The limit, or the limit with its mode. */
export const bodyLimitSchema = z
  .union([
    limit(),
    z.strictObject({
      size: limit().meta({ description: 'The largest body that is taken.' }),
      mode: mode(
        'nothing is refused; the access log shows what would have been, as far as `Content-Length` tells.',
      ),
    }),
  ])
  .meta({
    label: 'size or object',
    description:
      'The largest request body that is taken; more gets 413 (`body_too_large`): at once when `Content-Length` says so, else when it has come. Omitted: no limit.',
    examples: ['10MiB'],
  });
