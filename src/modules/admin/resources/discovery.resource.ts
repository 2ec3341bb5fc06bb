import { z } from 'zod';

const findingSchema = z
  .strictObject({
    service: z.string(),
    url: z.string().meta({ examples: ['http://10.0.0.7:8080'] }),
    place: z.string().meta({
      description: 'Where exactly it was found; empty: it is found no more.',
      examples: ['A record of shop.internal'],
    }),
    backend: z.string().nullable().meta({
      description: 'Id of the backend of the service with this URL; null: there is none.',
    }),
    status: z.enum(['added', 'conflict', 'draining', 'refused']).meta({
      description:
        '`added`: it is a backend. `conflict`: somebody else brought a backend with this URL, which stays as it is. `draining`: it is found no more and is removed when nothing runs there, or somebody drains it by hand. `refused`: it is no backend.',
    }),
    detail: z.string().meta({ description: 'Why; empty: nothing to say.' }),
  })
  .meta({ id: 'Finding', description: 'A backend that a source has found, and what became of it.' });

const sourceSchema = z
  .strictObject({
    name: z.string().meta({
      description: 'As in `source` of its backends.',
      examples: ['dns:shop.internal', 'file:config/shop.yml', 'docker'],
    }),
    problem: z.string().meta({
      description: 'Why it cannot look now; what it found last counts on. Empty: all is well.',
    }),
    backends: z.array(findingSchema).meta({ description: 'By service and URL.' }),
    problems: z
      .array(
        z.strictObject({
          place: z.string().meta({ examples: ['container shop-1 (4fa1c2d3)'] }),
          message: z.string(),
        }),
      )
      .meta({ description: 'What it found and cannot use.' }),
  })
  .meta({ id: 'DiscoverySource', description: 'A place where backends are found.' });

export const discoverySchema = z
  .strictObject({ sources: z.array(sourceSchema).meta({ description: 'By name.' }) })
  .meta({ id: 'Discovery', description: 'What the balancer that answers sees now.' });

export type Discovery = z.infer<typeof discoverySchema>;
