import type { ServiceConfig } from '../../common/config/index.js';
import type { RateLimitSettings } from '../../common/contract/index.js';
import { type ErrorIssue, VelocityError } from '../../common/errors/index.js';

const MESSAGE =
  'needs a Redis to count in, and this balancer was started without: set the top-level key redis of its file and start it again, or remove this one';

/**
 * Refuses a change that brings rate limits which several balancers share to one without a Redis. Those that ran before,
 * as another balancer may have stored them, count in this one alone. Throws CONFIG_INVALID; paths are those of a whole state.
 */
export function refuseUnsharable(before: readonly ServiceConfig[], next: readonly ServiceConfig[]): void {
  const old = new Map(before.map(({ name, rateLimits }) => [name, rateLimits]));
  const issues = next.flatMap(({ name, rateLimits }, index) =>
    unsharable(old.get(name) ?? [], rateLimits, `services[${index}].rateLimits`),
  );
  const [first] = issues;
  if (first === undefined) return;
  throw new VelocityError('CONFIG_INVALID', `${first.path}: ${MESSAGE}`, { issues });
}

function unsharable(
  old: readonly RateLimitSettings[],
  limits: readonly RateLimitSettings[],
  path: string,
): ErrorIssue[] {
  return limits.flatMap(({ name, shared }, index) => {
    const isNew = !old.some((limit) => limit.shared && limit.name === name);
    return shared && isNew ? [{ path: `${path}[${index}].shared`, message: MESSAGE }] : [];
  });
}
