import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { isDnsName } from '../units/host-name.js';
import { nameServerProblem } from '../units/name-server.js';
import { quoted } from '../units/quoted.js';
import { duration, listOf, plainText, text, wholeNumber } from './scalar.schema.js';

/** Keys that say something of a `dns` source only. */
const DNS_KEYS = ['record', 'port', 'scheme', 'servers', 'interval'] as const;
const bound = duration({ min: 100, max: 86_400_000 });

const intervalSchema = z
  .strictObject({
    min: bound.optional().meta({
      default: BUILT_IN.discovery.interval.min,
      description: 'Least time between two questions, however short the TTL.',
    }),
    max: bound.optional().meta({
      default: BUILT_IN.discovery.interval.max,
      description: 'Longest time between two questions, however long the TTL.',
    }),
  })
  .meta({ description: 'Between these bounds the TTL of the answer says when it is asked again.' });

/** Where backends of a service are found. */
export const discoverySourceSchema = z
  .strictObject({
    dns: text((name) =>
      isDnsName(name.endsWith('.') ? name.slice(0, -1) : name) ? null : `${quoted(name)} is no DNS name`,
    )
      .optional()
      .meta({
        label: 'DNS name',
        description: 'Name whose records are the backends.',
        examples: ['shop.internal', '_http._tcp.shop.internal'],
      }),
    record: z.enum(['address', 'srv']).optional().meta({
      default: BUILT_IN.discovery.record,
      description: '`address`: A and AAAA. `srv`: SRV, which says host, port and weight.',
    }),
    port: wholeNumber(1, 65_535).optional().meta({
      description: 'Port of the backends. Required with `record: address`; with `srv` the records say it.',
    }),
    scheme: z.enum(['http', 'https']).optional().meta({
      default: BUILT_IN.discovery.scheme,
      description: 'What the backends speak.',
    }),
    servers: listOf(text(nameServerProblem).meta({ label: 'address' }), 16)
      .optional()
      .meta({
        description: 'Name servers that are asked. Omitted: those of the system.',
        examples: [['10.0.0.2', '10.0.0.3:5353']],
      }),
    interval: intervalSchema.optional(),
    file: plainText('a file path', 4_096)
      .optional()
      .meta({
        label: 'file path',
        description: 'YAML or JSON file with a list of backends, as in a service. Read anew when it changes.',
        examples: ['config/shop-backends.yml'],
      }),
  })
  .check(({ value, issues }) => {
    const push = (message: string, path: readonly string[] = []) =>
      issues.push({ code: 'custom', message, path: [...path], input: value });
    const { dns, file, record, port } = value;
    if (dns === undefined && file === undefined) push('says not where to look: write dns or file');
    else if (dns === undefined) {
      for (const key of DNS_KEYS)
        if (value[key] !== undefined) push('is of dns only, and this is a file: remove it', [key]);
    } else if (file !== undefined) push('is another source than dns: make it an item of its own', ['file']);
    else if (record === 'srv' && port !== undefined) push('is said by the SRV records: remove it', ['port']);
    else if (record !== 'srv' && port === undefined)
      push('has no port, which A and AAAA records do not say: write port, or record: srv');
  })
  .meta({ title: 'Source', description: 'A place where backends of the service are found.' });

export const discoverySourcesSchema = listOf(discoverySourceSchema, 32);

/** Process-wide: labels of containers. */
export const discoverySchema = z
  .strictObject({
    docker: z
      .strictObject({
        network: plainText('the name of a network', 256)
          .optional()
          .meta({
            label: 'name',
            description:
              'Network whose addresses are taken. Omitted: the first one of a container, or its published port where the balancer runs outside of containers.',
            examples: ['web'],
          }),
      })
      .optional()
      .meta({
        description:
          'Backends are found by the labels of containers (`velocity.service` …); needs `drivers.docker`.',
      }),
  })
  .meta({ title: 'Discovery', description: 'Where services and backends are found that are not typed in.' });

export type DiscoverySourceInput = z.output<typeof discoverySourceSchema>;
