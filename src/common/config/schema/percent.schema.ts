import { z } from 'zod';
import { type PercentLimits, percentProblem } from '../units/percent.js';

/** `20%`, `0.5%`, ... within limits, or `off` where it may be. A bare number is refused with what was probably meant. */
export function percent(limits: PercentLimits) {
  const schema = z.string({
    error: ({ input }) =>
      typeof input === 'number'
        ? `a share needs its %: write ${asPercent(input)}% if that is meant`
        : undefined,
  });
  return schema
    .check((context) => {
      const message = percentProblem(context.value, limits);
      if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
    })
    .meta({
      label: limits.off ? 'percentage or `off`' : 'percentage',
      pattern: `^(${limits.off ? 'off|' : ''}\\d+(\\.\\d+)? ?%)$`,
    });
}

/** A share below 1 was meant as a fraction. */
function asPercent(number: number): number {
  return number > 0 && number < 1 ? Math.round(number * 100) : number;
}
