import { z } from 'zod';
import { shareProblem } from '../units/share.js';

/** `50%`: a part of something, above 0% and up to 100%; or `off` where it may be. A bare number is refused with what was probably meant. */
export function share({ off = false }: { readonly off?: boolean } = {}) {
  const schema = z.string({
    error: ({ input }) =>
      typeof input === 'number'
        ? `a share needs a percent sign: write ${input > 0 && input < 1 ? Math.round(input * 100) : input}% if that is meant`
        : undefined,
  });
  return schema
    .check((context) => {
      const message = shareProblem(context.value, off);
      if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
    })
    .meta({
      label: off ? 'share or `off`' : 'share',
      pattern: `^(${off ? 'off|' : ''}\\d{1,3}(\\.\\d{1,2})?%)$`,
    });
}
