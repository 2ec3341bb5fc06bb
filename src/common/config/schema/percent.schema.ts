import { z } from 'zod';
import { type PercentLimits, percentProblem } from '../units/percent.js';

/** `20%`, `0.5%`, ... within limits. A bare number is refused with what was probably meant. */
export function percent(limits: PercentLimits) {
  const schema = z.string({
    error: ({ input }) =>
      typeof input === 'number' ? `a share needs its %: write ${input}% if that is meant` : undefined,
  });
  return schema
    .check((context) => {
      const message = percentProblem(context.value, limits);
      if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
    })
    .meta({ label: 'percentage', pattern: '^\\d+(\\.\\d+)? ?%$' });
}
