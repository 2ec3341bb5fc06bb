import { isDeepStrictEqual } from 'node:util';
import { EMPTY_STATE, canonicalState, checkUnique, type DesiredState } from './desired-state.js';
import type { RevisionOrigin, StoredRegistry } from './registry-store.js';
import { mergeDesired } from './three-way-merge.js';

/** What shall be stored next, and for whom. */
export interface Proposal {
  readonly state: DesiredState;
  readonly appliedFile: DesiredState | null;
  readonly origin: RevisionOrigin;
  readonly author: string;
}

/** The file as it is now, in canonical form. */
export interface AuthoredFile {
  readonly state: DesiredState;
  readonly author: string;
}

/** Throws CONFIG_INVALID for a file that names a thing twice. */
export function authoredFile(state: DesiredState, author: string): AuthoredFile {
  checkUnique(state);
  return { state: canonicalState(state), author };
}

/** What is stored, as it is. */
export function unchanged(stored: StoredRegistry | null, origin: RevisionOrigin, author: string): Proposal {
  return {
    state: stored?.state ?? EMPTY_STATE,
    appliedFile: stored?.appliedFile ?? null,
    origin,
    author,
  };
}

/** What is stored, with what changed in the file since it was last applied. */
export function mergedWithFile(stored: StoredRegistry | null, file: AuthoredFile): Proposal {
  const applied = stored?.appliedFile ?? null;
  return {
    state: stored === null ? file.state : mergeDesired(applied, stored.state, file.state),
    appliedFile: isDeepStrictEqual(applied, file.state) ? applied : file.state,
    origin: 'file',
    author: file.author,
  };
}
