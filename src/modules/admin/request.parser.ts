import type { z } from 'zod';
import { VelocityError } from '../../common/errors/index.js';

/** The body of a request to make something. Throws CONFIG_INVALID with everything that is wrong. */
export function parseRequest<T extends z.ZodType>(schema: T, body: unknown, what: string): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const [first] = issues;
  const why = `${first?.path} ${first?.message}`.trim();
  throw new VelocityError('CONFIG_INVALID', `The ${what} cannot be made: ${why}.`, { issues });
}
