import { z } from 'zod';
import { BAN_REASONS, type BanReason } from '../../contract/ban-reasons.js';
import { DROP_REASON_NAMES } from '../../contract/drop-reasons.js';
import { BUILT_IN } from '../built-in-defaults.js';
import { nearestKey } from '../issues/nearest-key.js';
import { quoted } from '../units/quoted.js';
import { ruleName } from './names.schema.js';
import { duration, listOf, mode, text, wholeNumber } from './scalar.schema.js';

const [LOWEST, HIGHEST] = [200, 499];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WRITE = `write a status from ${LOWEST} to ${HIGHEST}, 2xx, 3xx, 4xx or a drop reason such as rate_limited`;

function conditionProblem(value: string): string | null {
  if (/^[2-4]xx$/.test(value) || BAN_REASONS.includes(value as BanReason)) return null;
  if (/^\d{3}$/.test(value)) return statusProblem(Number(value));
  if (value === '5xx') return `${quoted(value)} is not the client’s doing: an outage would ban everybody`;
  if (value === 'blocked') return `${quoted(value)} would ban who is banned again and again: ${WRITE}`;
  if (DROP_REASON_NAMES.some((reason) => reason === value)) {
    return `${quoted(value)} is not the client’s doing, so nobody is banned for it: write some of ${BAN_REASONS.join(', ')}`;
  }
  const nearest = nearestKey(value, BAN_REASONS);
  const meant = nearest === null ? '' : ` (${nearest} is one)`;
  return `${quoted(value)} is no status and no drop reason${meant}: ${WRITE}`;
}

function statusProblem(status: number): string | null {
  if (status >= LOWEST && status <= HIGHEST) return null;
  if (status >= 500 && status <= 599)
    return `${status} is not the client’s doing: an outage would ban everybody`;
  return `${status} is no status of a final response: ${WRITE}`;
}

const statusSchema = z.int().check((context) => {
  const message = statusProblem(context.value);
  if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
});

const conditionSchema = z
  .union([statusSchema, text(conditionProblem)])
  .meta({ label: 'status, `4xx` or drop reason' });

/** When a client is banned without anybody's doing. */
export const banRuleSchema = z
  .strictObject({
    name: ruleName().meta({ description: 'What logs and bans name it.' }),
    when: listOf(conditionSchema, 50).meta({
      label: 'list of statuses, `4xx` and drop reasons',
      description: `What counts: a status (${LOWEST} to ${HIGHEST}) or a class of them, whoever answered it, or a drop reason that is the client’s doing: ${BAN_REASONS.map((reason) => `\`${reason}\``).join(', ')}.`,
      examples: [[401, 404, 'rate_limited']],
    }),
    count: wholeNumber(1, 4_000).meta({
      description: 'Who has done so often what counts is banned (IPv6 clients by their /64).',
    }),
    window: duration({ min: 1_000, max: HOUR_MS }).optional().meta({
      default: BUILT_IN.banRule.window,
      description: 'In how long a time, from the first one counted on.',
    }),
    duration: duration({ min: 1_000, max: 365 * 24 * HOUR_MS })
      .optional()
      .meta({
        default: BUILT_IN.banRule.duration,
        description:
          'How long the ban lasts; twice as long each time that the client offends again within 24 hours of its end, up to 24 hours.',
      }),
    mode: mode('nobody is kept out; logs and metrics show who would be.'),
  })
  .meta({ title: 'Ban rule' });

export type BanRuleInput = z.output<typeof banRuleSchema>;
