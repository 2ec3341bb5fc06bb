import type { OverridePolicy, OverrideSettings } from '../../../contract/policies/index.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';
import type { OverrideInput } from '../../schema/policies/overrides.schema.js';
import { resolveRetries } from '../retries.resolver.js';
import { resolveTimeouts } from '../timeouts.resolver.js';

export function resolveOverrides(service: ServiceInput, defaults: DefaultsInput): OverridePolicy {
  return { rules: (service.overrides ?? []).map((input) => resolveOverride(input, service, defaults)) };
}

function resolveOverride(
  input: OverrideInput,
  service: ServiceInput,
  defaults: DefaultsInput,
): OverrideSettings {
  return {
    method: input.method ?? '',
    path: input.path,
    timeouts: resolveTimeouts({ ...service.timeouts, ...input.timeouts }, defaults.timeouts),
    retries: resolveRetries(merged(service.retries ?? {}, input.retries ?? {}), defaults.retries),
  };
}

/** Key by key, also within objects; of anything else `over` as a whole. */
function merged<T extends object>(base: T, over: T): T {
  const present = new Map<string, unknown>(Object.entries(base));
  const changed = Object.entries(over).map(([key, value]: [string, unknown]) => {
    const inherited = present.get(key);
    return [key, isObject(value) && isObject(inherited) ? merged(inherited, value) : value];
  });
  return { ...base, ...(Object.fromEntries(changed) as T) };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
