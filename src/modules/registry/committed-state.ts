import type { ServiceConfig } from '../../common/config/index.js';
import { isVelocityError } from '../../common/errors/index.js';
import { planCommit } from './commit.planner.js';
import type { Proposal, Propose } from './proposals.js';
import type { RegistryCommit, RegistryStore, StoredRegistry } from './registry-store.js';

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
   * else stored in between, also when it was refused only because we did not know of that yet. Rejects with what
   * `propose` and `validate` throw, and with STORE_UNAVAILABLE.
   */
  async advance(
    propose: Propose,
    validate: (proposal: Proposal) => readonly ServiceConfig[],
  ): Promise<Advance> {
    for (let conflicts = 0; ; conflicts++) {
      const wasKnown = this.fresh;
      const stored = wasKnown ? this.stored : await this.store.load();
      try {
        const proposal = await propose(stored);
        const services = validate(proposal);
        const commit = planCommit(stored, proposal, this.affinitySecret);
        if (commit !== null) await this.commit(commit);
        const now = (commit?.next ?? stored) as StoredRegistry;
        this.stored = now;
        this.fresh = true;
        return { stored: now, services };
      } catch (error) {
        if (conflicts === MAX_CONFLICTS) throw error;
        if (isVelocityError(error, 'REVISION_CONFLICT')) continue;
        if (!wasKnown || !isVelocityError(error) || !(await this.isOutdated())) throw error;
        this.fresh = false;
      }
    }
  }

  /** What becomes of a commit that fails is unknown. */
  private async commit(commit: RegistryCommit): Promise<void> {
    try {
      await this.store.commit(commit);
    } catch (error) {
      this.fresh = false;
      throw error;
    }
  }

  /** Somebody else stored something since we last looked. What we do not know to be stored is read anyway. */
  private async isOutdated(): Promise<boolean> {
    if (!this.fresh) return false;
    const [newest] = await this.store.revisions(1);
    return newest?.number !== this.stored?.revision.number;
  }
}
