import { GLOBAL_POLICY_KEYS, type BackendInput, type ServiceInput } from '../../common/config/index.js';
import type { RegistryCommit, StoredRegistry } from '../registry/index.js';

/** What a commit has to write beside its services, given what the store is known to hold. */
export interface SettingsDifference {
  readonly settings: boolean;
  readonly appliedFile: boolean;
  readonly order: boolean;
}

/**
 * `known` is what this process last read or wrote. States share what did not change, so identity tells it; when
 * somebody else wrote in between (another revision number), everything is written.
 */
export function settingsDifference(commit: RegistryCommit, known: StoredRegistry | null): SettingsDifference {
  if (known === null || known.revision.number !== commit.expected) {
    return { settings: true, appliedFile: true, order: true };
  }
  const { next } = commit;
  return {
    settings:
      known.state.defaults !== next.state.defaults ||
      known.state.trustedProxies !== next.state.trustedProxies ||
      GLOBAL_POLICY_KEYS.some((key) => known.state[key] !== next.state[key]),
    appliedFile: known.appliedFile !== next.appliedFile,
    order: !sameOrder(known.state.services, next.state.services),
  };
}

/** The services that a commit writes. */
export function upsertedServices(commit: RegistryCommit): readonly ServiceInput[] {
  const names = new Set(commit.upserted);
  return commit.next.state.services.filter((service) => names.has(service.name));
}

/**
 * Puts services and their backends, as rows or documents gave them, together in the stored order: the name first, the
 * backends last, as in every canonical state.
 */
export function assembleServices(
  settings: ReadonlyMap<string, Omit<ServiceInput, 'backends'>>,
  backends: ReadonlyMap<string, BackendInput[]>,
  order: readonly string[],
): readonly ServiceInput[] {
  const names = new Set([...order.filter((name) => settings.has(name)), ...settings.keys()]);
  return Array.from(names, (name) => {
    return { name, ...settings.get(name), backends: backends.get(name) ?? [] };
  });
}

function sameOrder(a: readonly ServiceInput[], b: readonly ServiceInput[]): boolean {
  return a.length === b.length && a.every((service, index) => service.name === b[index]?.name);
}
