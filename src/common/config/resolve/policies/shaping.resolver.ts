import type {
  BodyLimitSettings,
  HeaderFieldSettings,
  HeaderRuleSettings,
  MaintenanceSettings,
  RedirectSettings,
  RewriteSettings,
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
    requestHeaders: resolveHeaderRules(service.headers?.request),
    responseHeaders: resolveHeaderRules(service.headers?.response),
    rewrite: resolveRewrite(service.rewrite),
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

type HeaderRulesInput = NonNullable<ServiceInput['headers']>['request'];

function resolveHeaderRules(input: HeaderRulesInput): HeaderRuleSettings | null {
  if (input === undefined) return null;
  const { set = {}, add = {}, remove = [] } = input;
  return {
    set: resolveFields(set),
    add: resolveFields(add),
    remove: remove.map((name) => name.toLowerCase()),
  };
}

function resolveFields(fields: Readonly<Record<string, string>>): HeaderFieldSettings[] {
  return Object.entries(fields).map(([name, value]) => ({ name, value }));
}

function resolveRewrite(input: ServiceInput['rewrite']): RewriteSettings | null {
  if (input === undefined) return null;
  const { stripPrefix, prefix, path } = input;
  if (path !== undefined) return { from: '', to: path };
  if (prefix !== undefined) return { from: withoutSlash(prefix.from), to: withoutSlash(prefix.to) };
  return { from: withoutSlash(stripPrefix!), to: '' };
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
