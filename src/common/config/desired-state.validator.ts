import { VelocityError } from '../errors/index.js';
import { toErrorIssues, type ConfigIssue, type ConfigPath } from './issues/config-issue.js';
import { checkSchema } from './issues/schema-issues.js';
import { CaFiles } from './resolve/ca-files.js';
import { ServiceResolver } from './resolve/service.resolver.js';
import { globalRules } from './rules/globals.rules.js';
import { referenceRules } from './rules/references.rules.js';
import { RouteClaims } from './rules/route-claims.js';
import { defaultsRules, serviceRules } from './rules/service.rules.js';
import {
  configSchema,
  globalKeys,
  serviceSchema,
  type DefaultsInput,
  type GlobalPolicyInputs,
  type ServiceInput,
} from './schema.js';
import { serviceMemory } from './service.memory.js';
import type { ServiceConfig } from './velocity-config.js';
import { expandService } from './written-form.js';
import { checkUnknown } from './written-services.js';

/** The part of the configuration that can change while the balancer runs, as written. */
export interface DesiredInput extends GlobalPolicyInputs {
  readonly trustedProxies: readonly string[];
  readonly defaults: DefaultsInput;
  readonly services: readonly ServiceInput[];
}

/** All may be left out. */
export const desiredSchema = configSchema
  .pick({
    trustedProxies: true,
    blocklist: true,
    allowlist: true,
    blocklistFiles: true,
    rateLimits: true,
    bans: true,
    defaults: true,
    services: true,
  })
  .extend({ accessLog: globalKeys.accessLog });

/**
 * Holds a whole desired state against the schema and all rules, and fills in the defaults.
 * Throws CONFIG_INVALID with everything that is wrong; paths as in the file, such as `services[2].backends[0].weight`.
 */
export function validateDesired(state: DesiredInput): ServiceConfig[] {
  const caFiles = new CaFiles();
  const defaults = JSON.stringify(state.defaults);
  const known = state.services.map((service) => serviceMemory.configOf(service, defaults));
  const isKnown = (index: number) => known[index] !== undefined;
  const checked = checkUnknown(desiredSchema, state, isKnown);
  const issues = [...(checked.ok ? [] : checked.issues), ...desiredRules({ ...state }, caFiles, isKnown)];
  if (issues.length > 0 || !checked.ok) throw invalid('the configuration', issues);
  const resolver = new ServiceResolver(checked.value.defaults ?? {}, caFiles);
  const fresh = (checked.value.services ?? []).values();
  return known.map((config) => config ?? resolver.resolve(expandService(fresh.next().value!)));
}

/**
 * Why a state is not written as this version writes them, such as a key that it does not know; null: it is. Looks at the
 * form only: certificate files and what goes together are not judged.
 */
export function desiredProblem(state: DesiredInput): string | null {
  const checked = checkSchema(desiredSchema, state);
  if (checked.ok) return null;
  const [first] = toErrorIssues(checked.issues);
  return `${first?.path ?? ''}: ${first?.message ?? ''}`;
}

/**
 * The same for one service that is new, or replaces the one of its name, among `others`, which are valid already.
 * `defaults` are valid too. Paths are relative to the service. Costs as much as looking at the others' hosts.
 */
export function validateServiceChange(
  service: ServiceInput,
  others: readonly Pick<ServiceInput, 'name' | 'hosts' | 'paths'>[],
  defaults: DefaultsInput,
): ServiceConfig {
  const claims = new RouteClaims();
  for (const other of others) claims.claim(asWritten(other), []);
  return resolveChecked(service, defaults, { base: [], claims });
}

/**
 * Services that name others must find them. For a state whose services are valid one by one: throws CONFIG_INVALID, also
 * when the one that is missing was just removed.
 */
export function assertReferences({ services, defaults }: Pick<DesiredInput, 'services' | 'defaults'>): void {
  const issues = referenceRules(services, defaults);
  if (issues.length > 0) throw invalid('the configuration', issues);
}

/** One service with its defaults filled in. Throws CONFIG_INVALID with everything that is wrong, below `path`. */
export function resolveService(
  service: ServiceInput,
  defaults: DefaultsInput,
  path: ConfigPath = [],
): ServiceConfig {
  return resolveChecked(service, defaults, { base: path, claims: new RouteClaims() });
}

/**
 * What is wrong between the keys of a desired state, whether or not its parts are well formed. Services that are known
 * to be right by themselves are held against the others only.
 */
export function desiredRules(
  state: { readonly [key: string]: unknown; defaults?: unknown; services?: unknown },
  caFiles: CaFiles,
  isKnown: (index: number) => boolean,
): ConfigIssue[] {
  const issues = [...globalRules(state), ...defaultsRules(state.defaults, ['defaults'], caFiles)];
  const claims = new RouteClaims();
  const services: readonly unknown[] = Array.isArray(state.services) ? state.services : [];
  services.forEach((service, index) => {
    const base = ['services', index];
    if (!isKnown(index)) issues.push(...serviceRules(service, state.defaults, base, caFiles));
    issues.push(...claims.claim(service, base));
  });
  return [...issues, ...referenceRules(services, state.defaults)];
}

function resolveChecked(
  service: ServiceInput,
  defaults: DefaultsInput,
  { base, claims }: { base: ConfigPath; claims: RouteClaims },
): ServiceConfig {
  const caFiles = new CaFiles();
  const checked = checkSchema(serviceSchema, service, base);
  const rules = [...serviceRules(service, defaults, base, caFiles), ...claims.claim(service, base)];
  const issues = [...(checked.ok ? [] : checked.issues), ...rules];
  if (issues.length > 0 || !checked.ok) throw invalid('the service', issues);
  return new ServiceResolver(defaults, caFiles).resolve(expandService(checked.value));
}

/** Resolved services say "any host" with an empty list. */
function asWritten(
  service: Pick<ServiceInput, 'name' | 'hosts' | 'paths'>,
): Pick<ServiceInput, 'name' | 'hosts' | 'paths'> {
  return service.hosts?.length === 0 ? { ...service, hosts: undefined } : service;
}

function invalid(what: string, issues: readonly ConfigIssue[]): VelocityError {
  const errorIssues = toErrorIssues(issues);
  const first = errorIssues[0];
  const place = first?.path ? `${first.path}: ` : '';
  const message = `${what} is not valid: ${place}${first?.message ?? ''}${issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''}`;
  return new VelocityError('CONFIG_INVALID', message, { issues: errorIssues });
}
