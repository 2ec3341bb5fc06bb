import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { isDnsName } from '../units/host-name.js';
import { plainText, text } from './scalar.schema.js';
import { quoted } from '../units/quoted.js';

/** How backends with an `https:` URL are verified. */
export const tlsSchema = z
  .strictObject({
    ca: plainText('the path of a PEM file', 4_096).optional().meta({
      label: 'file path',
      description:
        'PEM file of the authorities to trust instead of the system’s. Relative paths start at the working directory.',
    }),
    serverName: text((value) => (isDnsName(value) ? null : `${quoted(value)} is no host name`))
      .optional()
      .meta({
        label: 'host name',
        description: 'Name to verify and to send (SNI). Omitted: the host of the backend’s URL.',
      }),
    verify: z.boolean().optional().meta({
      default: BUILT_IN.tls.verify,
      description:
        '`false` takes any certificate: traffic can then be read and changed on its way. Prefer `ca`.',
    }),
  })
  .meta({ title: 'Tls', description: 'For backends with an `https:` URL and `https` probes.' });

export type TlsInput = z.output<typeof tlsSchema>;
