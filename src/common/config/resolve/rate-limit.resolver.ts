import { RATE_LIMIT_KEYS, type RateLimitKey, type RateLimitSettings } from '../../contract/rate-limit.js';
import type { RateLimitInput } from '../schema.js';
import { parseRate } from '../units/rate.js';

/** Rules as workers run them; each gets a name that no other of the list has. */
export function resolveRateLimits(inputs: readonly RateLimitInput[]): readonly RateLimitSettings[] {
  const taken = new Set(inputs.flatMap(({ name }) => (name === undefined ? [] : [name])));
  return inputs.map((input) => {
    const name = input.name ?? freeName(input, taken);
    taken.add(name);
    return resolveRateLimit(input, name);
  });
}

function resolveRateLimit(input: RateLimitInput, name: string): RateLimitSettings {
  const rate = parseRate(input.rate);
  if (rate === null) throw new TypeError(`${input.rate} is no rate`);
  return {
    name,
    by: keysOf(input),
    header: input.header?.toLowerCase() ?? '',
    method: input.method ?? '',
    path: input.path ?? '',
    ...rate,
    burst: input.burst ?? rate.limit,
    shadow: input.mode === 'shadow',
  };
}

/** In one order, so that the order of writing means nothing. */
function keysOf({ by = 'ip' }: RateLimitInput): readonly RateLimitKey[] {
  const written: readonly string[] = [by].flat();
  return RATE_LIMIT_KEYS.filter((key) => written.includes(key));
}

/** Such as `ip-endpoint`, and `ip-endpoint-2` for the second one of the kind. */
function freeName(input: RateLimitInput, taken: ReadonlySet<string>): string {
  const base = keysOf(input).join('-') || 'all';
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(name)) return name;
  }
}
