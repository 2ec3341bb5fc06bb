import { setTimeout as elapsed } from 'node:timers/promises';
import { Backoff } from '../../common/backoff.js';
import type { ServiceConfig } from '../../common/config/index.js';
import { isVelocityError } from '../../common/errors/index.js';
import { planCommit } from './commit.planner.js';
import type { Proposal, Propose } from './proposals.js';
import type { RegistryCommit, RegistryStore, StoredRegistry } from './registry-store.js';
import { withStoredSecrets } from './stored-secrets.js';

/** A commit that lost against somebody else's is made again on theirs, this often ... */
const MAX_CONFLICTS = 10;
/** ... after a pause, so that writers of several balancers do not meet again and again. */
const CONFLICT_PAUSES = { baseMs: 40, maxMs: 100 };

export interface Advance {
  readonly stored: StoredRegistry;
  readonly services: readonly ServiceConfig[];
}

/** What the store holds, as far as we know it, and the way to change that. */
export class CommittedState {
  private stored: StoredRegistry | null = null;
  /** `stored` is what the store holds, whether or not it can run here. */
  private isKnown = false;
  private fresh = false;

  constructor(
    private readonly store: RegistryStore,
    /** Used with the first revision; later ones keep the stored secret. */
    private readonly affinitySecret: string,
  ) {}

  /** false: the store was away, the outcome of a commit is unknown, or what it holds cannot run here. */
  get isFresh(): boolean {
    return this.fresh;
  }

  /** As last read or written; null: never. */
  get last(): StoredRegistry | null {
    return this.stored;
  }

  /** Calls back when another process stored a revision. Returns what ends it. */
  watch(onRevision: (revision: number) => void): () => void {
    return this.store.watch(onRevision);
  }

  /** Whether we know the store to be at this revision. */
  holds(revision: number): boolean {
    return this.isKnown && this.stored?.revision.number === revision;
  }

  forget(): void {
    this.isKnown = false;
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
    const pauses = new Backoff(CONFLICT_PAUSES);
    for (let conflicts = 0; ; conflicts++) {
      const wasKnown = this.isKnown;
      const stored = await this.newest();
      try {
        const proposal = revealed(await propose(stored), stored);
        const services = validate(proposal);
        const commit = planCommit(stored, proposal, this.affinitySecret);
        if (commit !== null) await this.commit(commit);
        const now = (commit?.next ?? stored) as StoredRegistry;
        this.stored = now;
        this.isKnown = true;
        this.fresh = true;
        return { stored: now, services };
      } catch (error) {
        if (conflicts === MAX_CONFLICTS) throw error;
        if (isVelocityError(error, 'REVISION_CONFLICT')) {
          await elapsed(pauses.next());
          continue;
        }
        if (!wasKnown || !isVelocityError(error) || !(await this.isOutdated())) throw error;
        this.forget();
      }
    }
  }

  private async newest(): Promise<StoredRegistry | null> {
    if (!this.isKnown) this.stored = await this.store.load();
    this.isKnown = true;
    return this.stored;
  }

  /** What becomes of a commit that fails is unknown. */
  private async commit(commit: RegistryCommit): Promise<void> {
    try {
      await this.store.commit(commit);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Somebody else stored something since we last looked. What we do not know to be stored is read anyway. */
  private async isOutdated(): Promise<boolean> {
    if (!this.isKnown) return false;
    const [newest] = await this.store.revisions(1);
    return newest?.number !== this.stored?.revision.number;
  }
}

/** With the stored secrets where the proposal has a sign for them. Throws CONFIG_INVALID where there are none. */
export function revealed(proposal: Proposal, stored: StoredRegistry | null): Proposal {
  const state = withStoredSecrets(proposal.state, stored?.state, proposal.kind !== 'edit');
  return state === proposal.state ? proposal : { ...proposal, state };
}
