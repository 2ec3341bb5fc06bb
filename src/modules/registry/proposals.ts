import { isDeepStrictEqual } from 'node:util';
import { VelocityError } from '../../common/errors/index.js';
import type { ApplyMode, Change } from './change.js';
import { withBroughtBackends } from './brought-backends.js';
import { EMPTY_STATE, canonicalState, checkUnique, type DesiredState } from './desired-state.js';
import { requireMatch, stateTag } from './entity-tags.js';
import { statePrint } from './prints.js';
import type { Guard, GuardTerms, RevisionOrigin, StoredRegistry } from './registry-store.js';
import { sharing } from './shared-state.js';
import { mergeDesired } from './three-way-merge.js';

/** Makes a change on what is stored; null: nothing is. May be called again, when somebody else was faster. */
export type Propose = (stored: StoredRegistry | null) => Proposal | Promise<Proposal>;

/** What shall be stored next, for whom, and why. */
export interface Proposal {
  readonly state: DesiredState;
  readonly appliedFile: DesiredState | null;
  readonly origin: RevisionOrigin;
  readonly author: string;
  readonly note: string;
  /** Number of the revision that it brings back; 0: none. */
  readonly restores: number;
  /** `keep`: as it is; `lift`: none any more; else the change itself comes under guard on these terms. */
  readonly guard: 'keep' | 'lift' | GuardTerms;
  /** Said in the revision before what differs between the states. */
  readonly remarks: readonly string[];
  /** `edit`: of one thing; `merge`: of a whole state; `exact`: the state is wanted byte for byte, down to its writing. */
  readonly kind: 'edit' | 'merge' | 'exact';
}

/** The file as it is now, in canonical form. */
export interface AuthoredFile {
  readonly state: DesiredState;
  readonly author: string;
}

const VELOCITY: Change = { author: 'velocity', origin: 'system' };

/** Throws CONFIG_INVALID for a file that names a thing twice. */
export function authoredFile(state: DesiredState, author: string): AuthoredFile {
  checkUnique(state);
  return { state: canonicalState(state), author };
}

/** What is stored, as it is. */
export function unchanged(stored: StoredRegistry | null, change = VELOCITY): Proposal {
  return {
    state: stored?.state ?? EMPTY_STATE,
    appliedFile: stored?.appliedFile ?? null,
    origin: change.origin ?? 'api',
    author: change.author,
    note: change.note ?? '',
    restores: 0,
    guard: 'keep',
    remarks: [],
    kind: 'edit',
  };
}

/** What is stored, with what changed in the file since it was last applied. */
export function mergedWithFile(stored: StoredRegistry | null, file: AuthoredFile): Proposal {
  return merged(stored, file.state, { author: file.author, origin: 'file' });
}

/** A state of somebody, canonical; `guard`: it shall prove itself. Throws PRECONDITION_FAILED and GUARD_ACTIVE. */
export function applied(
  stored: StoredRegistry | null,
  { desired, mode }: { readonly desired: DesiredState; readonly mode: ApplyMode },
  change: Change,
  guard?: GuardTerms,
): Proposal {
  requireStateMatch(stored, change);
  const proposal = mode === 'merge' ? merged(stored, desired, change) : replaced(stored, desired, change);
  return guarded(stored, proposal, guard);
}

/** The state of an earlier revision, with the backends that discovery and scaling bring now. Throws PRECONDITION_FAILED and GUARD_ACTIVE. */
export function rolledBack(
  stored: StoredRegistry | null,
  { number, state }: { readonly number: number; readonly state: DesiredState },
  change: Change,
  guard?: GuardTerms,
): Proposal {
  requireStateMatch(stored, change);
  const wanted = withBroughtBackends(stored?.state, state, 'present');
  return guarded(stored, { ...replaced(stored, wanted, change), restores: number }, guard);
}

/** The guard of this revision is lifted and the change stays. Throws GUARD_NOT_FOUND. */
export function confirmed(stored: StoredRegistry | null, revision: number, change: Change): Proposal {
  requireStateMatch(stored, change);
  guardOf(stored, revision);
  const remarks = [`guard of revision ${revision}: confirmed`];
  return { ...unchanged(stored, change), guard: 'lift', remarks };
}

/** The states of a guarded revision and of the one before it. */
export interface GuardedStates {
  readonly after: DesiredState;
  readonly before: DesiredState;
}

/** The guarded change is taken out of what is stored; what was changed elsewhere since then stays. */
export function takenBack(
  stored: StoredRegistry,
  guard: Guard,
  { before, after }: GuardedStates,
  change: Change,
): Proposal {
  const isUntouched = statePrint(stored.state).digest === statePrint(after).digest;
  const state = isUntouched ? before : mergeDesired(after, stored.state, before);
  return reverted(stored, guard, { state, before }, change);
}

/** The whole state from before the guarded change, where what was changed since then does not go together with it. */
export function takenBackWhole(
  stored: StoredRegistry,
  guard: Guard,
  { before }: GuardedStates,
  change: Change,
): Proposal {
  const proposal = reverted(stored, guard, { state: before, before }, change);
  const remark = 'changes made since then went too: they do not go together with what was there before';
  return { ...proposal, remarks: [...proposal.remarks, remark] };
}

/** Throws GUARD_NOT_FOUND when this revision is not, or no longer, under guard. */
export function guardOf(stored: StoredRegistry | null, revision: number): Guard {
  const guard = stored?.guard ?? null;
  if (guard?.revision === revision) return guard;
  const present = guard === null ? 'No change is' : `Revision ${guard.revision} is`;
  throw new VelocityError(
    'GUARD_NOT_FOUND',
    `Revision ${revision} is not under guard: it was confirmed or taken back already. ${present} under guard now.`,
  );
}

function reverted(
  stored: StoredRegistry,
  guard: Guard,
  { state, before }: { readonly state: DesiredState; readonly before: DesiredState },
  change: Change,
): Proposal {
  requireStateMatch(stored, change);
  const wanted = withBroughtBackends(stored.state, state, 'present');
  const isWhole = isDeepStrictEqual(wanted, before);
  const said = change.note ?? '';
  const fileStays =
    'The file stays as it was applied and is not applied again by itself: correct it, or save it again.';
  return {
    ...unchanged(stored, change),
    state: sharing(stored.state, wanted),
    note: guard.isFile ? `${sentence(said)}${fileStays}` : said,
    restores: isWhole ? guard.previous : 0,
    guard: 'lift',
    remarks: [`guard of revision ${guard.revision}: taken back`],
    kind: 'exact',
  };
}

/** With a full stop and a blank, so that another one can follow; nothing stays nothing. */
function sentence(text: string): string {
  if (text === '') return '';
  return /[.!?]$/.test(text) ? `${text} ` : `${text}. `;
}

function merged(stored: StoredRegistry | null, desired: DesiredState, change: Change): Proposal {
  const appliedFile = stored?.appliedFile ?? null;
  const state = stored === null ? desired : mergeDesired(appliedFile, stored.state, desired);
  return {
    ...unchanged(stored, change),
    state: withBroughtBackends(stored?.state, state, 'document'),
    appliedFile: isDeepStrictEqual(appliedFile, desired) ? appliedFile : desired,
    kind: 'merge',
  };
}

function replaced(stored: StoredRegistry | null, desired: DesiredState, change: Change): Proposal {
  const wanted = withBroughtBackends(stored?.state, desired, 'document');
  const state = stored === null ? wanted : sharing(stored.state, wanted);
  return { ...unchanged(stored, change), state, kind: 'exact' };
}

function guarded(stored: StoredRegistry | null, proposal: Proposal, guard?: GuardTerms): Proposal {
  if (guard === undefined) return proposal;
  const active = stored?.guard ?? null;
  if (active === null) return { ...proposal, guard };
  throw new VelocityError(
    'GUARD_ACTIVE',
    `Revision ${active.revision} of ${active.author} is still under guard: confirm it or take it back first.`,
  );
}

function requireStateMatch(stored: StoredRegistry | null, change: Change): void {
  const tag = stateTag(stored ?? { revision: { number: 0 } });
  requireMatch(change, 'The configuration', tag);
}
