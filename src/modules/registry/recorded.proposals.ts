import type { Change } from './change.js';
import { guardOf, rolledBack, type Propose, type takenBack } from './proposals.js';
import type { GuardTerms, StoredRegistry } from './registry-store.js';
import type { RevisionHistory } from './revision.history.js';

/** Proposals that bring back what earlier revisions held. */
export class RecordedProposals {
  constructor(private readonly history: RevisionHistory) {}

  rollback(number: number, change: Change, guard?: GuardTerms): Propose {
    return async (stored) => {
      const state = await this.history.stateAt(number, stored);
      return rolledBack(stored, { number, state }, change, guard);
    };
  }

  /** `how`: one of the ways to take a guarded change back. */
  takingBack(revision: number, change: Change, how: typeof takenBack): Propose {
    return async (stored) => {
      const guard = guardOf(stored, revision);
      const after = await this.history.stateAt(guard.revision, stored);
      const before = await this.history.stateAt(guard.previous, stored);
      return how(stored as StoredRegistry, guard, { before, after }, change);
    };
  }
}
