import { z } from 'zod';
import {
  DRIVER_NAMES,
  SCALING_METRICS,
  type DiscoverySourceConfig,
  type ScalingConfig,
} from '../../../common/config/index.js';
import { milliseconds } from './time.resource.js';

const directionSchema = z.strictObject({
  stabilisationMs: milliseconds,
  cooldownMs: milliseconds,
  stepCount: z.int().nullable().meta({ description: 'null: any number.' }),
  stepShare: z.number().nullable().meta({ description: 'Of the present number; null: any.' }),
});

/** How a service is scaled, without what its copies are started with. */
export const scalingSettingsSchema = z
  .strictObject({
    driver: z.enum(DRIVER_NAMES),
    min: z.int(),
    max: z.int(),
    targets: z.partialRecord(z.enum(SCALING_METRICS), z.number()),
    intervalMs: milliseconds,
    tolerance: z.number(),
    up: directionSchema,
    down: directionSchema,
    idleMs: milliseconds.nullable().meta({ description: 'null: the last copy stays.' }),
    drainMs: milliseconds,
    startMs: milliseconds,
    schedules: z.array(
      z.strictObject({ cron: z.string(), timezone: z.string(), forMs: milliseconds, min: z.int() }),
    ),
  })
  .meta({ id: 'ScalingSettings' });

/** Where backends of a service are found. */
export const discoverySourceResourceSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('dns'),
      name: z.string(),
      record: z.enum(['address', 'srv']),
      port: z.int().meta({ description: '0: the records say it.' }),
      scheme: z.enum(['http', 'https']),
      minIntervalMs: milliseconds,
      maxIntervalMs: milliseconds,
      servers: z.array(z.string()).meta({ description: 'Empty: those of the system.' }),
    }),
    z.strictObject({ type: z.literal('file'), path: z.string() }),
  ])
  .meta({ id: 'DiscoverySettings' });

type ScalingSettings = z.infer<typeof scalingSettingsSchema>;
type DiscoverySourceResource = z.infer<typeof discoverySourceResourceSchema>;

export function scalingSettingsOf(scaling: ScalingConfig | null): ScalingSettings | null {
  if (scaling === null) return null;
  const { source, ...settings } = scaling;
  return { driver: source.driver, ...structuredClone(settings) } as ScalingSettings;
}

export function sourceResourceOf(source: DiscoverySourceConfig): DiscoverySourceResource {
  return source.type === 'dns' ? { ...source, servers: [...source.servers] } : source;
}
