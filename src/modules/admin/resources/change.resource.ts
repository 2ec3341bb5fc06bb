import { z } from 'zod';
import { ALGORITHM_NAMES, DROP_REASON_NAMES, HEALTH_STATES } from '../../../common/contract/index.js';
import { timeSchema } from './time.resource.js';

const names = z.array(z.string());
const count = z.int();
const changesSchema = z.array(z.string()).meta({ description: 'One line per change; empty: nothing.' });
const noticesSchema = z.array(z.string()).meta({ description: 'What should be looked at.' });
const patchSchema = z.string().meta({
  description: 'Unified diff of the YAML, service by service. Values of health headers are shown as `***`.',
});
const reasonSchema = z.enum(DROP_REASON_NAMES);

const examplesSchema = z
  .array(z.strictObject({ method: z.string(), host: z.string(), path: z.string(), requestId: z.string() }))
  .meta({ description: 'The first three.' });
const refusalSchema = z.strictObject({ reason: reasonSchema, service: z.string().nullable() });

const replaySchema = z
  .strictObject({
    total: count,
    from: timeSchema.meta({ description: 'Of the oldest exchange; 0: there is none.' }),
    to: timeSchema,
    unchanged: count,
    moved: z.array(z.strictObject({ from: z.string(), to: z.string(), count, examples: examplesSchema })),
    newlyDropped: z.array(
      z.strictObject({
        reason: reasonSchema,
        from: z.string(),
        to: z.string().nullable(),
        count,
        examples: examplesSchema,
      }),
    ),
    noLongerDropped: z.array(
      z.strictObject({
        reason: reasonSchema,
        from: z.string().nullable(),
        to: z.string(),
        count,
        examples: examplesSchema,
      }),
    ),
    droppedOtherwise: z.array(
      z.strictObject({ from: refusalSchema, to: refusalSchema, count, examples: examplesSchema }),
    ),
    limited: count.meta({ description: 'Of the newly dropped: by a rate limit.' }),
    undecided: z
      .array(z.strictObject({ what: z.enum(['outcome', 'backend']), count, why: z.string() }))
      .meta({ description: 'What records do not tell. `outcome`: these are in no other group.' }),
    shares: z.array(
      z.strictObject({
        service: z.string(),
        algorithm: z.enum(ALGORITHM_NAMES),
        reassigned: count,
        backends: z.array(
          z.strictObject({ id: z.string(), url: z.string(), before: count.nullable(), after: count }),
        ),
      }),
    ),
    assumedHealthy: count.meta({ description: 'Backends taken for healthy before any probe has said so.' }),
    durationMs: count,
  })
  .meta({
    id: 'Replay',
    description: 'Recorded exchanges, decided anew by the code that serves. total = unchanged + all groups.',
  });

const backendFields = { service: z.string(), id: z.string(), url: z.string() };

export const planSchema = z
  .strictObject({
    base: z
      .int()
      .meta({ description: 'Revision that it would change: send it as `If-Match` when applying.' }),
    changes: changesSchema,
    patch: patchSchema,
    services: z.strictObject({ added: names, removed: names, changed: names }),
    backends: z.strictObject({
      added: z.array(
        z.strictObject({
          ...backendFields,
          health: z.enum(HEALTH_STATES).nullable().meta({ description: 'null: not known here.' }),
          lastHealthyAt: timeSchema
            .nullable()
            .meta({ description: 'By the health log; 0: never. null: not looked up.' }),
        }),
      ),
      removed: z.array(z.strictObject(backendFields)),
    }),
    notices: noticesSchema,
    replay: replaySchema.nullable(),
  })
  .meta({ id: 'Plan', description: 'What a change would do. Nothing was changed.' });

const guardFields = {
  revision: z.int(),
  previous: z.int().meta({ description: 'Revision to which it is taken back.' }),
  author: z.string(),
  isFile: z.boolean().meta({ description: 'The change made a file the applied one.' }),
  deadline: timeSchema,
  confirmation: z.enum(['manual', 'auto']),
  maxErrorIncrease: z.number(),
  maxLatencyFactor: z.number(),
};
const guardSchema = z
  .strictObject(guardFields)
  .meta({ id: 'Guard', description: 'On which terms a change stays.' });

export const appliedSchema = z
  .strictObject({
    revision: z.int(),
    changes: changesSchema,
    guard: guardSchema.nullable(),
    notices: noticesSchema,
  })
  .meta({ id: 'Applied', description: 'A change that runs.' });

const trafficFields = {
  requests: count,
  errors: count.meta({ description: 'Answers with 5xx, by backends or by the balancer.' }),
  share: z.number(),
  responses: count.meta({ description: 'Of the requests: those that a backend answered.' }),
  p99Ms: z.number(),
};
const trafficSchema = z.strictObject(trafficFields).meta({ id: 'Traffic' });
const comparedServices = z.array(
  z.strictObject({ service: z.string(), now: trafficSchema, baseline: trafficSchema }),
);

export const guardStatusSchema = z
  .strictObject({
    guard: z
      .strictObject({
        ...guardFields,
        secondsLeft: z.int(),
        now: trafficSchema,
        baseline: trafficSchema,
        services: comparedServices,
        problem: z
          .string()
          .meta({ description: 'Why it could not be ended yet; empty: nothing went wrong.' }),
      })
      .nullable(),
    outcomes: z
      .array(
        z.strictObject({
          revision: z.int(),
          previous: z.int(),
          author: z.string(),
          verdict: z.enum(['confirmed', 'reverted']),
          why: z.string(),
          time: timeSchema,
          durationMs: count,
          ...trafficFields,
          baseline: trafficSchema,
          services: comparedServices,
        }),
      )
      .meta({ description: 'Newest first, since this balancer started; at most 10.' }),
  })
  .meta({ id: 'GuardStatus' });

export const revisionDiffSchema = z
  .strictObject({ from: z.int(), to: z.int(), changes: changesSchema, patch: patchSchema })
  .meta({ id: 'RevisionDiff', description: 'What makes the state of `from` into that of `to`.' });

export type AppliedResource = z.infer<typeof appliedSchema>;
export type GuardStatusResource = z.infer<typeof guardStatusSchema>;
export type RevisionDiffResource = z.infer<typeof revisionDiffSchema>;
