import { changeLines, cappedLines } from './change-lines.js';
import { writeContent } from './contents/content.writer.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';
import { statePrint } from './prints.js';
import type { Proposal } from './proposals.js';
import type { Guard, RegistryCommit, StoredRegistry } from './registry-store.js';

/** The commit that takes the store to a proposal; null: it is there already. */
export function planCommit(
  stored: StoredRegistry | null,
  proposal: Proposal,
  affinitySecret: string,
): RegistryCommit | null {
  const changes = changesOf(stored, proposal);
  if (changes === null) return null;
  const { state, appliedFile, origin, author, note, restores } = proposal;
  const expected = stored?.revision.number ?? 0;
  const number = expected + 1;
  const { content, chain } = writeContent(stored, state, number);
  return {
    expected,
    next: {
      revision: { number, time: Date.now(), origin, author, note, restores, changes: cappedLines(changes) },
      state,
      appliedFile,
      affinitySecret: stored?.affinitySecret ?? affinitySecret,
      guard: guardAfter(stored, proposal),
      chain,
    },
    content,
    ...serviceDifference(stored?.state ?? EMPTY_STATE, state),
  };
}

/** One line each; null: there is nothing to store. */
function changesOf(stored: StoredRegistry | null, proposal: Proposal): readonly string[] | null {
  const before = stored?.state ?? EMPTY_STATE;
  const lines = [...proposal.remarks, ...changeLines(before, proposal.state)];
  if (lines.length > 0) return lines;
  if (proposal.kind === 'exact' && !isSameText(before, proposal.state)) {
    return ['written differently: it means the same'];
  }
  return isNewFile(stored, proposal) ? ['the file was applied: nothing else changed'] : null;
}

function isNewFile(stored: StoredRegistry | null, { appliedFile }: Proposal): boolean {
  return stored === null || stored.appliedFile !== appliedFile;
}

function guardAfter(stored: StoredRegistry | null, proposal: Proposal): Guard | null {
  const { guard, author } = proposal;
  if (guard === 'keep') return stored?.guard ?? null;
  if (guard === 'lift') return null;
  const previous = stored?.revision.number ?? 0;
  return { ...guard, revision: previous + 1, previous, author, isFile: isNewFile(stored, proposal) };
}

function isSameText(a: DesiredState, b: DesiredState): boolean {
  return statePrint(a).digest === statePrint(b).digest;
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
