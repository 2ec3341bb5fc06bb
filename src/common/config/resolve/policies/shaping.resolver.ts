import type {
  BodyLimitSettings,
  GroupSettings,
  HeaderFieldSettings,
  HeaderRuleSettings,
  MaintenanceSettings,
  MirrorSettings,
  RedirectSettings,
  RewriteSettings,
  ShapingPolicy,
  SplitSettings,
} from '../../../contract/policies/index.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import type { ServiceInput } from '../../schema.js';
import { normalisedBackendUrl } from '../../units/backend-origin.js';
import { milliseconds } from '../../units/duration.js';
import { percentage } from '../../units/percent.js';
import { bytes } from '../../units/size.js';
import { backendId } from '../backend.resolver.js';

export function resolveShaping(service: ServiceInput): ShapingPolicy {
  return {
    maintenance: resolveMaintenance(service.maintenance),
    redirect: resolveRedirect(service.redirect),
    maxBody: resolveBodyLimit(service.maxBody),
    requestHeaders: resolveHeaderRules(service.headers?.request),
    responseHeaders: resolveHeaderRules(service.headers?.response),
    rewrite: resolveRewrite(service.rewrite),
    split: resolveSplit(service),
    mirror: resolveMirror(service.mirror),
  };
}

function resolveMaintenance(input: ServiceInput['maintenance']): MaintenanceSettings | null {
  if (input === undefined || input.enabled === false) return null;
  const { status, contentType } = { ...BUILT_IN.maintenance, ...input };
  return {
    status,
    retryAfterS: input.retryAfter === undefined ? 0 : Math.ceil(milliseconds(input.retryAfter) / 1000),
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
  return { maxBytes: bytes(size), shadow: mode === 'shadow' };
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

function resolveSplit({ name, split, backends = [] }: ServiceInput): SplitSettings | null {
  if (split === undefined) return null;
  const groups = Object.entries(split.groups).map(([group, share]): GroupSettings => {
    const members = backends.filter((backend) => backend.group === group);
    const ids = members.map(({ url }) => backendId(name, normalisedBackendUrl(url) ?? url));
    return { name: group, share, backends: ids };
  });
  return {
    groups,
    header: split.header?.toLowerCase() ?? '',
    cookie: split.cookie ?? '',
    sticky: split.sticky ?? false,
  };
}

function resolveMirror(input: ServiceInput['mirror']): MirrorSettings | null {
  if (input === undefined) return null;
  const { service, share, maxInFlight, body } = { ...BUILT_IN.mirror, ...input };
  return {
    service,
    share: percentage(share) / 100,
    maxInFlight,
    maxBodyBytes: body === 'off' ? 0 : bytes(body),
  };
}
