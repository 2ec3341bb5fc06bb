import { z } from 'zod';
import { parseDuration } from '../../../common/config/index.js';

/** Points in time are Unix milliseconds everywhere in the API, as in the stores. */
export const timeSchema = z
  .int()
  .meta({ id: 'UnixMilliseconds', description: 'Milliseconds since 1970-01-01T00:00:00Z.' });

/** A time that is waited, as it runs. */
export const milliseconds = z.int().meta({ description: 'Milliseconds; 0: off.' });

/** How long something lasts from now on, such as `1h`. */
export function lengthSchema(minMs: number, maxMs: number, advice: string) {
  const fits = (ms: number | null) => ms !== null && ms >= minMs && ms <= maxMs;
  return z.string().refine((text) => fits(parseDuration(text)), {
    error: (issue) => `is ${JSON.stringify(String(issue.input).slice(0, 40))}: ${advice}`,
  });
}

/** When a valid length ends that begins now; null: never. */
export function endOf(length: string | null): number | null {
  return length === null ? null : Date.now() + (parseDuration(length) ?? 0);
}
