import type {
  BodyLimitSettings,
  MaintenanceSettings,
  RedirectSettings,
  ShapingPolicy,
} from '../../../contract/policies/index.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';
import { parseDuration } from '../../units/duration.js';
import { parseSize } from '../../units/size.js';

export function resolveShaping(service: ServiceInput, _defaults: DefaultsInput): ShapingPolicy {
  return {
    maintenance: resolveMaintenance(service.maintenance),
    redirect: resolveRedirect(service.redirect),
    maxBody: resolveBodyLimit(service.maxBody),
  };
}

function resolveMaintenance(input: ServiceInput['maintenance']): MaintenanceSettings | null {
  if (input === undefined || input.enabled === false) return null;
  const { status, contentType } = { ...BUILT_IN.maintenance, ...input };
  return {
    status,
    retryAfterS: Math.ceil((parseDuration(input.retryAfter) ?? 0) / 1000),
    contentType,
    body: input.body ?? '',
    allow: input.allow ?? [],
    shadow: input.mode === 'shadow',
  };
}

function resolveRedirect(input: ServiceInput['redirect']): RedirectSettings | null {
  if (input === undefined) return null;
  return { to: input.to, status: input.status ?? BUILT_IN.redirect.status };
}

function resolveBodyLimit(input: ServiceInput['maxBody']): BodyLimitSettings | null {
  if (input === undefined) return null;
  const { size, mode } = typeof input === 'string' ? { size: input, mode: undefined } : input;
  return { maxBytes: parseSize(size)!, shadow: mode === 'shadow' };
}
