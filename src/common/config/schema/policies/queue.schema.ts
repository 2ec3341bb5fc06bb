import { z } from 'zod';
import { PRIORITY_CLASSES } from '../../../contract/policies/queue.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import { LONGEST_TIMEOUT_MS } from '../../units/duration.js';
import { pathPatternProblem } from '../../units/path-pattern.js';
import { headerName, methodName } from '../names.schema.js';
import { duration, listOf, mode, plainText, text, wholeNumber, wholeNumberOrOff } from '../scalar.schema.js';

const MOST_IN_FLIGHT = 1_000_000;
const MOST_WAITING = 100_000;
const LONGEST_HOLD_MS = 600_000;

/** So many exchanges at a time. */
export const maxInFlight = wholeNumberOrOff(1, MOST_IN_FLIGHT);

const priorityRuleSchema = z
  .strictObject({
    header: headerName().optional().meta({ description: 'Only requests with this header.' }),
    value: plainText('the value that the header must have')
      .optional()
      .meta({ description: 'With `header`: only this value of it, exactly. Omitted: any value.' }),
    method: methodName().optional().meta({ description: 'Only requests with this method.' }),
    path: text(pathPatternProblem)
      .optional()
      .meta({
        label: 'path pattern',
        description: 'Only requests with such a path, as in `rateLimits`.',
        examples: ['/checkout/**'],
      }),
    class: z.enum(PRIORITY_CLASSES).meta({ description: 'The class that they wait in.' }),
  })
  .check((context) => {
    const { header, value, method, path } = context.value;
    if (value !== undefined && header === undefined) {
      const message = 'has no meaning without header: write the header that must have this value';
      context.issues.push({ code: 'custom', message, path: ['value'], input: value });
    }
    if ((header ?? method ?? path) !== undefined) return;
    const message =
      'matches every request, so nobody would wait behind anybody: write header, method or path';
    context.issues.push({ code: 'custom', message, input: context.value });
  })
  .meta({ title: 'Priority rule', description: 'Which requests wait in which class.' });

const shedSchema = z
  .strictObject({
    target: duration({ min: 1, max: 60_000 }).optional().meta({
      default: BUILT_IN.queue.shed.target,
      description: 'The queue stands when even the shortest wait of a whole interval was longer than this.',
    }),
    interval: duration({ min: 10, max: 600_000 }).optional().meta({
      default: BUILT_IN.queue.shed.interval,
      description:
        'Over which time the shortest wait is taken. A burst that is served within it sheds nobody.',
    }),
  })
  .meta({ title: 'Shedding' });

const queueSchema = z
  .strictObject({
    size: wholeNumber(0, MOST_WAITING).optional().meta({
      default: BUILT_IN.queue.size,
      description:
        'Requests that may wait, over all workers; one more gets `queue_full` (503). 0: nobody waits.',
    }),
    timeout: duration({ min: 10, max: LONGEST_TIMEOUT_MS }).optional().meta({
      default: BUILT_IN.queue.timeout,
      description: 'The longest wait; then `queue_timeout` (503).',
    }),
    hold: duration({ min: 100, max: LONGEST_HOLD_MS, off: true })
      .optional()
      .meta({
        default: BUILT_IN.queue.hold,
        description:
          'For so long a request waits, within `size`, when no backend is available or none takes connections, such as while the only one restarts.',
        examples: ['10s'],
      }),
    fair: z.boolean().optional().meta({
      default: BUILT_IN.queue.fair,
      description:
        'Clients (addresses; IPv6: each /64) take turns within a class, so that one that sends much waits for itself. `false`: first in, first out.',
    }),
    priority: listOf(priorityRuleSchema, 100)
      .optional()
      .meta({
        default: [],
        description:
          'Which requests wait in front: `high` before `normal` before `low`. The first rule that matches decides; none: `normal`.',
        examples: [[{ path: '/checkout/**', class: 'high' }]],
      }),
    shed: z
      .union([shedSchema, z.literal('off')])
      .optional()
      .meta({
        label: 'object or `off`',
        default: BUILT_IN.queue.shed,
        description:
          'When the queue stands, requests that have waited for twice the target get `queue_shed` (503): a client that waits in vain is told early.',
      }),
    mode: mode(
      'nothing is refused, nothing waits; the access log shows what would have been refused as `queue_full` (`shadowReason`).',
    ),
  })
  .meta({ title: 'Queue', description: 'How requests wait that are beyond `maxInFlight`.' });

/** Keys of a service and of `defaults`. */
export const queueKeys = {
  maxInFlight: maxInFlight.optional().meta({
    default: BUILT_IN.maxInFlight,
    description:
      'Requests that run at a time, over all workers and backends, WebSocket connections included. More wait in `queue`.',
    examples: [200],
  }),
  maxInFlightPerBackend: maxInFlight.optional().meta({
    default: BUILT_IN.maxInFlight,
    description:
      'The same for each backend that has no `maxInFlight` of its own. A full backend is passed over; when all are, requests wait.',
    examples: [50],
  }),
  queue: queueSchema.optional(),
};

export type PriorityRuleInput = z.output<typeof priorityRuleSchema>;
