import { z } from 'zod';
import { MAX_GROUPS } from '../../../contract/policies/shaping.js';
import { quoted } from '../../units/quoted.js';
import { cookieName, headerName, LABEL } from '../names.schema.js';
import { text, wholeNumber } from '../scalar.schema.js';

/** The name of a group of backends. */
export function groupName() {
  return text((value) =>
    LABEL.test(value)
      ? null
      : `${quoted(value)} is no name of a group: write lower-case letters, digits and "-", at most 63 characters`,
  ).meta({ label: 'group name' });
}

const groupsSchema = z
  .record(groupName(), wholeNumber(0, 1_000), { error: 'must be an object: groups with their shares' })
  .check((context) => {
    const shares = Object.values(context.value);
    const message = groupsProblem(shares);
    if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
  })
  .meta({ label: 'group names with whole numbers, 0 to 1000' });

function groupsProblem(shares: readonly unknown[]): string | null {
  if (shares.length < 2) return 'needs two groups at least, such as { stable: 95, canary: 5 }';
  if (shares.length > MAX_GROUPS) return `has ${shares.length} groups: write at most ${MAX_GROUPS}`;
  return shares.every((share) => share === 0)
    ? 'all have the share 0, so no request could be served: give at least one a share of 1 or more'
    : null;
}

/** How a service's traffic is shared out between groups of its backends. */
export const splitSchema = z
  .strictObject({
    groups: groupsSchema.meta({
      description:
        'What share of the traffic each group gets, relative to the others; 0: only who asks for it. Every backend names its group (`group`). A group without an available backend is passed over.',
      examples: [{ stable: 95, canary: 5 }],
    }),
    header: headerName()
      .optional()
      .meta({
        description: 'Who sends this header with the name of a group gets that group.',
        examples: ['X-Canary'],
      }),
    cookie: cookieName()
      .optional()
      .meta({
        description: 'The same for a cookie; the header comes first.',
        examples: ['canary'],
      }),
    sticky: z.boolean().optional().meta({
      default: false,
      description:
        'Whoever was shared out is given `cookie`, and so stays in his group until the browser is closed.',
    }),
  })
  .check((context) => {
    if (context.value.sticky !== true || context.value.cookie !== undefined) return;
    const message = 'needs the cookie that keeps clients in their group: write cookie, such as cookie: group';
    context.issues.push({ code: 'custom', message, path: ['sticky'], input: context.value.sticky });
  })
  .meta({ title: 'Split', description: 'Shares the traffic out between groups of backends.' });
