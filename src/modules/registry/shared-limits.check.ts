import { isDeepStrictEqual } from 'node:util';
import type { RateLimitInput } from '../../common/config/index.js';
import { type ErrorIssue, VelocityError } from '../../common/errors/index.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';
import type { Propose } from './proposals.js';

const MESSAGE =
  'needs a Redis to count in, and this balancer was started without: set the top-level key redis of its file and start it again, or remove this one';

/**
 * Proposes the same, unless it brings rate limits which several balancers share, for one that has no Redis: then it throws
 * CONFIG_INVALID with paths as in a whole state. Those that are stored already, as a balancer with a Redis may have stored
 * them, stay, and count in this one alone.
 */
export function withoutUnsharable(propose: Propose): Propose {
  return async (stored) => {
    const proposal = await propose(stored);
    // A guarded change that failed is taken back whatever was there before.
    if (proposal.guard !== 'lift') refuseUnsharable(stored?.state ?? EMPTY_STATE, proposal.state);
    return proposal;
  };
}

function refuseUnsharable(before: DesiredState, next: DesiredState): void {
  const old = new Map(before.services.map(({ name, rateLimits }) => [name, rateLimits]));
  const issues = [
    ...unsharable(before.rateLimits, next.rateLimits, 'rateLimits'),
    ...next.services.flatMap(({ name, rateLimits }, index) =>
      unsharable(old.get(name), rateLimits, `services[${index}].rateLimits`),
    ),
  ];
  const [first] = issues;
  if (first === undefined) return;
  throw new VelocityError('CONFIG_INVALID', `${first.path}: ${MESSAGE}`, { issues });
}

function unsharable(
  old: readonly RateLimitInput[] = [],
  limits: readonly RateLimitInput[] = [],
  path: string,
): ErrorIssue[] {
  return limits.flatMap((limit, index) =>
    limit.shared === true && !old.some((before) => isDeepStrictEqual(before, limit))
      ? [{ path: `${path}[${index}].shared`, message: MESSAGE }]
      : [],
  );
}
