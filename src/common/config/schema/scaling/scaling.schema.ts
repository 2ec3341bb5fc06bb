import { z } from 'zod';
import { BUILT_IN } from '../../built-in-defaults.js';
import { cronProblem, timezoneProblem } from '../../units/cron.js';
import { LONGEST_TIMEOUT_MS } from '../../units/duration.js';
import { percentProblem, PART } from '../../units/percent.js';
import { percent } from '../percent.schema.js';
import { duration, listOf, text, wholeNumber } from '../scalar.schema.js';
import { DRIVER_SCHEMAS } from './driver.schema.js';

/** Of one service. */
const MOST_COPIES = 1_000;
const DAY_MS = 86_400_000;
const MOST_PER_BACKEND = 1_000_000;
const STEP_SHARE = { min: 1, max: 900 };

/** Names of what a service can be scaled with. */
export const DRIVER_NAMES = Object.keys(DRIVER_SCHEMAS) as readonly (keyof typeof DRIVER_SCHEMAS)[];

function amount(what: string) {
  const error = ({ input }: { readonly input?: unknown }) =>
    `${String(input)} is out of range: write a number from 0.01 to ${MOST_PER_BACKEND}`;
  return z
    .number()
    .min(0.01, { error })
    .max(MOST_PER_BACKEND, { error })
    .optional()
    .meta({ label: `number, 0.01 to ${MOST_PER_BACKEND}`, description: what });
}

const targetsSchema = z
  .strictObject({
    inFlight: amount('Exchanges that run or wait, per backend.'),
    requestsPerSecond: amount('Requests per second and backend.'),
    queue: amount('Exchanges that wait, per backend; the service needs a `queue`.'),
    p95: duration({ min: 1, max: LONGEST_TIMEOUT_MS })
      .optional()
      .meta({
        description:
          'Time that 95 of 100 exchanges take at most. It follows the load less surely than the others: use it beside one of them.',
        examples: ['200ms'],
      }),
    cpu: percent(PART)
      .optional()
      .meta({
        description: 'Share of its CPUs that a copy uses; with `process` and `docker` only.',
        examples: ['70%'],
      }),
  })
  .meta({
    title: 'Targets',
    description:
      'What is held near its target. The metric that asks for the most decides. Without any, the number is `min`, or what `schedules` say.',
  });

const stepCount = wholeNumber(1, MOST_COPIES);
const stepShare = text((value) => percentProblem(value, STEP_SHARE)).meta({ label: 'percentage' });
const stepItem = z.union([stepCount, stepShare]).meta({ label: 'number or percentage' });
const stepSchema = z
  .union([
    stepCount,
    text((value) => (value === 'off' ? null : percentProblem(value, STEP_SHARE))),
    listOf(stepItem, 2).check(({ value, issues }) => {
      if (value.length < 2 || typeof value[0] !== typeof value[1]) return;
      issues.push({
        code: 'custom',
        message: 'has the same kind twice: write a number and a share',
        input: value,
      });
    }),
  ])
  .meta({ label: 'number, percentage, list of both, or `off`' });

function directionSchema(which: 'up' | 'down', title: string, description: string) {
  const standard = BUILT_IN.scaling[which];
  const beyond = which === 'up' ? 'lowest' : 'highest';
  return z
    .strictObject({
      stabilisation: duration({ min: 0, max: DAY_MS })
        .optional()
        .meta({
          default: standard.stabilisation,
          description: `The ${beyond} number that was wanted over this time counts.`,
        }),
      cooldown: duration({ min: 0, max: DAY_MS }).optional().meta({
        default: standard.cooldown,
        description: 'Least time between two changes in this direction.',
      }),
      step: stepSchema.optional().meta({
        default: standard.step,
        description:
          'How many more or fewer at a time: a number, a share of those that are there (at least one), or both, of which the larger holds. `off`: any.',
      }),
    })
    .optional()
    .meta({ title, description });
}

const scheduleSchema = z
  .strictObject({
    cron: text(cronProblem).meta({
      label: 'time in the form of cron',
      description:
        'When it begins: minute, hour, day of the month, month and day of the week; with six fields, the second is in front.',
      examples: ['0 8 * * 1-5'],
    }),
    timezone: text(timezoneProblem)
      .optional()
      .meta({
        label: 'time zone',
        default: BUILT_IN.scaling.timezone,
        description: 'IANA name of the time zone that `cron` is meant in.',
        examples: ['Europe/Berlin'],
      }),
    for: duration({ min: 1_000, max: 31 * DAY_MS }).meta({
      description: 'How long it lasts.',
      examples: ['10h'],
    }),
    min: wholeNumber(1, MOST_COPIES).meta({ description: 'Fewest copies while it lasts.' }),
  })
  .meta({ title: 'Schedule', description: 'A floor while it lasts, on top of `min`.' });

/** How many copies of a service run, and with what they are started. */
export const scalingSchema = z
  .strictObject({
    process: DRIVER_SCHEMAS.process.optional(),
    docker: DRIVER_SCHEMAS.docker.optional(),
    kubernetes: DRIVER_SCHEMAS.kubernetes.optional(),
    webhook: DRIVER_SCHEMAS.webhook.optional(),
    min: wholeNumber(0, MOST_COPIES).optional().meta({
      default: BUILT_IN.scaling.min,
      description:
        'Fewest copies. 0: the service may sleep, and a request that waits (`queue.hold`) wakes it up.',
    }),
    max: wholeNumber(1, MOST_COPIES)
      .optional()
      .meta({ default: BUILT_IN.scaling.max, description: 'Most copies.' }),
    targets: targetsSchema.optional(),
    interval: duration({ min: 100, max: 3_600_000 }).optional().meta({
      default: BUILT_IN.scaling.interval,
      description: 'Time between two decisions.',
    }),
    tolerance: percent({ min: 0, max: 100 }).optional().meta({
      default: BUILT_IN.scaling.tolerance,
      description: 'Deviations from a target up to this share change nothing.',
    }),
    up: directionSchema('up', 'Up', 'How the number grows.'),
    down: directionSchema('down', 'Down', 'How the number falls.'),
    idle: duration({ min: 1_000, max: 31 * DAY_MS, off: true })
      .optional()
      .meta({
        default: BUILT_IN.scaling.idle,
        description: 'With `min: 0`: without a request for so long, the last copy goes. `off`: it stays.',
        examples: ['10m'],
      }),
    drain: duration({ min: 0, max: LONGEST_TIMEOUT_MS }).optional().meta({
      default: BUILT_IN.scaling.drain,
      description:
        'A copy that takes nothing new is ended as soon as nothing runs there, after this time in any case.',
    }),
    start: duration({ min: 100, max: 3_600_000 }).optional().meta({
      default: BUILT_IN.scaling.start,
      description: 'A copy that is not healthy for so long after its start has failed, and is replaced.',
    }),
    schedules: listOf(scheduleSchema, 100)
      .optional()
      .meta({ default: [], description: 'Times with a higher floor than `min`.' }),
  })
  .check(({ value, issues }) => {
    const named = DRIVER_NAMES.filter((name) => value[name] !== undefined);
    if (named.length === 1) return;
    const message =
      named.length === 0
        ? `does not say what copies are started with: write one of ${DRIVER_NAMES.join(', ')}`
        : `has several drivers (${named.join(', ')}): keep one of them`;
    issues.push({ code: 'custom', message, input: value });
  })
  .meta({
    title: 'Scaling',
    description: 'The balancer starts and ends copies of the application. Exactly one driver is named.',
  });

export type ScalingInput = z.output<typeof scalingSchema>;
export type ScalingStepInput = NonNullable<NonNullable<ScalingInput['up']>['step']>;
