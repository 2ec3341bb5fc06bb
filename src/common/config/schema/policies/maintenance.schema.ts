import { z } from 'zod';
import { BUILT_IN } from '../../built-in-defaults.js';
import { networkProblem } from '../../units/network-address.js';
import { quoted } from '../../units/quoted.js';
import { duration, listOf, mode, text, wholeNumber } from '../scalar.schema.js';

const MAX_BODY = 65_536;
const DAY_MS = 86_400_000;

/** A service that is out of service on purpose. */
export const maintenanceSchema = z
  .strictObject({
    enabled: z.boolean().optional().meta({
      default: BUILT_IN.maintenance.enabled,
      description: '`false`: served as usual; the rest is kept for the next time.',
    }),
    status: wholeNumber(400, 599)
      .optional()
      .meta({ default: BUILT_IN.maintenance.status, description: 'What clients are answered.' }),
    body: text((value) => {
      if (value === '') return 'is empty: write what clients shall read, or remove the key';
      return value.length > MAX_BODY ? `is ${value.length} characters long: write at most ${MAX_BODY}` : null;
    })
      .optional()
      .meta({
        label: 'text',
        description: 'What clients read. Omitted: a small JSON problem as of any refusal.',
      }),
    contentType: text((value) =>
      /^[!-~]+\/[ -~]+$/.test(value) && value.length <= 256
        ? null
        : `${quoted(value)} is no media type: write it as text/html; charset=utf-8`,
    )
      .optional()
      .meta({
        label: 'media type',
        default: BUILT_IN.maintenance.contentType,
        description: 'What `body` is.',
      }),
    retryAfter: duration({ min: 1_000, max: 30 * DAY_MS })
      .optional()
      .meta({ description: 'When to come again (`Retry-After`), in whole seconds. Omitted: 5s.' }),
    allow: listOf(text(networkProblem).meta({ label: 'address or CIDR block' }), 1_000)
      .optional()
      .meta({
        description: 'Clients who are served all the same.',
        examples: [['192.0.2.7', '10.0.0.0/8']],
      }),
    mode: mode('everybody is served; the access log shows who would not have been.'),
  })
  .meta({
    title: 'Maintenance',
    description: 'Answers everybody but a few that the service is under maintenance.',
  });
