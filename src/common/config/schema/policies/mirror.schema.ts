import { z } from 'zod';
import { BUILT_IN } from '../../built-in-defaults.js';
import { PART } from '../../units/percent.js';
import { percent } from '../percent.schema.js';
import { serviceNameText } from '../service-name.schema.js';
import { size, wholeNumber } from '../scalar.schema.js';

/** Copies of requests for another service, whose answers nobody gets. */
export const mirrorSchema = z
  .strictObject({
    service: serviceNameText().meta({
      description: 'The service that gets the copies, at one of its backends.',
      examples: ['shop-next'],
    }),
    share: percent(PART).optional().meta({
      default: BUILT_IN.mirror.share,
      description: 'How many of the requests are copied.',
    }),
    maxInFlight: wholeNumber(1, 10_000).optional().meta({
      default: BUILT_IN.mirror.maxInFlight,
      description: 'Copies that a worker has under way at most; beyond it none is made.',
    }),
    body: z
      .union([size({ min: 1, max: 16_777_216 }), z.literal('off')])
      .optional()
      .meta({
        label: 'size or `off`',
        default: BUILT_IN.mirror.body,
        description:
          'The largest body that is kept for the copy. Requests with a larger one are not copied; `off`: none that has a body is.',
      }),
  })
  .meta({
    title: 'Mirror',
    description: 'Sends copies of requests to another service and throws its answers away.',
  });
