import type { ServiceConfig } from '../../common/config/index.js';
import { isVelocityError } from '../../common/errors/index.js';
import { planCommit } from './commit.planner.js';
import type { Proposal, Propose } from './proposals.js';
import type { RegistryStore, StoredRegistry } from './registry-store.js';
import { withStoredSecrets } from './stored-secrets.js';

/** A commit that lost against somebody else's is made again on theirs, this often. */
const MAX_CONFLICTS = 5;

export interface Advance {
  readonly stored: StoredRegistry;
  readonly services: readonly ServiceConfig[];
}

/** What the store holds, as far as we know it, and the way to change that. */
export class CommittedState {
  private stored: StoredRegistry | null = null;
  private fresh = false;

  constructor(
    private readonly store: RegistryStore,
    /** Used with the first revision; later ones keep the stored secret. */
    private readonly affinitySecret: string,
  ) {}

  /** false: it must be read again, because the store was away or the outcome of a commit is unknown. */
  get isFresh(): boolean {
    return this.fresh;
  }

  /** As last read or written; null: never. */
  get last(): StoredRegistry | null {
    return this.stored;
  }

  forget(): void {
    this.fresh = false;
  }

  /**
   * Validates a proposal and stores it, unless the store holds it already. The proposal is made anew on what somebody
   * else stored in between. Rejects with what `propose` and `validate` throw, and with STORE_UNAVAILABLE.
   */
  async advance(
    propose: Propose,
    validate: (proposal: Proposal) => readonly ServiceConfig[],
  ): Promise<Advance> {
    for (let conflicts = 0; ; conflicts++) {
      const stored = this.fresh ? this.stored : await this.store.load();
      const proposal = revealed(await propose(stored), stored);
      const services = validate(proposal);
      const commit = planCommit(stored, proposal, this.affinitySecret);
      try {
        if (commit !== null) await this.store.commit(commit);
      } catch (error) {
        this.fresh = false;
        if (isVelocityError(error, 'REVISION_CONFLICT') && conflicts < MAX_CONFLICTS) continue;
        throw error;
      }
      const now = (commit?.next ?? stored) as StoredRegistry;
      this.stored = now;
      this.fresh = true;
      return { stored: now, services };
    }
  }
}

/** With the stored secrets where the proposal has a sign for them. Throws CONFIG_INVALID where there are none. */
export function revealed(proposal: Proposal, stored: StoredRegistry | null): Proposal {
  const state = withStoredSecrets(proposal.state, stored?.state, proposal.kind !== 'edit');
  return state === proposal.state ? proposal : { ...proposal, state };
}
