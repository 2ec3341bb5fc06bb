import { desiredProblem } from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { readContent } from './contents/content.reader.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';
import type { RegistryStore, Revision, StoredRegistry } from './registry-store.js';

/** What the store keeps of earlier revisions. All calls reject with STORE_UNAVAILABLE when the store is away. */
export class RevisionHistory {
  constructor(private readonly store: RegistryStore) {}

  /** Newest first, those below `before` when given. */
  list(limit: number, before?: number): Promise<readonly Revision[]> {
    return this.store.revisions(limit, before);
  }

  /** Rejects with REVISION_NOT_FOUND. */
  async revision(number: number): Promise<Revision> {
    const revision = await this.store.revision(number);
    if (revision === null) throw unknown(number);
    return revision;
  }

  /**
   * The desired state of a revision, byte for byte. `known` is what the caller knows to be stored: it need not be read.
   * Rejects with REVISION_NOT_FOUND and REVISION_UNREADABLE.
   */
  async stateAt(number: number, known: StoredRegistry | null = null): Promise<DesiredState> {
    if (number === 0) return EMPTY_STATE;
    if (known?.revision.number === number) return known.state;
    await this.revision(number);
    const contents = await this.store.contents(number);
    // It may have become too old between the two.
    if (contents.length === 0) await this.revision(number);
    const state = readContent(number, contents);
    const problem = desiredProblem(state);
    if (problem === null) return state;
    throw new VelocityError(
      'REVISION_UNREADABLE',
      `Revision ${number} holds what this Velocity does not know (${problem}): it was made by a newer Velocity, ` +
        'use that one to bring it back.',
    );
  }
}

function unknown(number: number): VelocityError {
  return new VelocityError(
    'REVISION_NOT_FOUND',
    `There is no revision ${number}, or it is older than the history that is kept (history.revisions).`,
  );
}
