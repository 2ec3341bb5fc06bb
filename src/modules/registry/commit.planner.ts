import { changeLines } from './change-lines.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';
import type { Proposal } from './proposals.js';
import type { RegistryCommit, StoredRegistry } from './registry-store.js';

/** The commit that takes the store to a proposal; null: it is there already. */
export function planCommit(
  stored: StoredRegistry | null,
  proposal: Proposal,
  affinitySecret: string,
): RegistryCommit | null {
  const { state, appliedFile, origin, author } = proposal;
  const before = stored?.state ?? EMPTY_STATE;
  const lines = changeLines(before, state);
  const isNewFile = stored === null || stored.appliedFile !== appliedFile;
  if (lines.length === 0 && !isNewFile) return null;
  const expected = stored?.revision.number ?? 0;
  const changes = lines.length > 0 ? lines : ['the file was applied: nothing else changed'];
  return {
    expected,
    next: {
      revision: { number: expected + 1, time: Date.now(), origin, author, note: '', restores: 0, changes },
      state,
      appliedFile,
      affinitySecret: stored?.affinitySecret ?? affinitySecret,
      guard: stored?.guard ?? null,
    },
    ...serviceDifference(before, state),
  };
}

/** By identity: states share the services that did not change. */
function serviceDifference(before: DesiredState, after: DesiredState) {
  const old = new Map(before.services.map((service) => [service.name, service]));
  const names = new Set(after.services.map((service) => service.name));
  return {
    upserted: after.services.filter((service) => old.get(service.name) !== service).map(({ name }) => name),
    removed: before.services.filter(({ name }) => !names.has(name)).map(({ name }) => name),
  };
}
