import { z } from 'zod';
import { PRIORITY_CLASSES } from '../../../../common/contract/policies/index.js';
import { milliseconds } from '../time.resource.js';

export const queueResourceSchema = z.strictObject({
  maxInFlight: z.int().meta({ description: 'Exchanges that run at a time; 0: unlimited.' }),
  limitsBackends: z.boolean().meta({ description: 'Whether a backend has a limit of its own.' }),
  size: z.int().meta({ description: 'Exchanges that may wait.' }),
  timeoutMs: milliseconds,
  holdMs: milliseconds,
  fair: z.boolean(),
  priority: z.array(
    z.strictObject({
      header: z.string().meta({ description: 'Empty: any.' }),
      value: z.string().meta({ description: 'Empty: any.' }),
      method: z.string().meta({ description: 'Empty: any.' }),
      path: z.string().meta({ description: 'Pattern; empty: any.' }),
      class: z.enum(PRIORITY_CLASSES),
    }),
  ),
  shedTargetMs: milliseconds,
  shedIntervalMs: milliseconds,
  shadow: z.boolean(),
});
