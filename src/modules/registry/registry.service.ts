import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  backendId,
  type BackendInput,
  type BackendPatch,
  type ServiceInput,
} from '../../common/config/index.js';
import { VelocityError, isVelocityError } from '../../common/errors/index.js';
import { CommittedState } from './committed-state.js';
import { backendKey, type DesiredState } from './desired-state.js';
import { authoredFile, mergedWithFile, unchanged, type AuthoredFile, type Proposal } from './proposals.js';
import {
  REGISTRY_STORE,
  STORE_CONNECTION,
  type RegistryStore,
  type Revision,
  type StoreConnection,
  type StoredRegistry,
} from './registry-store.js';
import { emptyView, isSameView, type RegistryView } from './registry-view.js';
import { RetryTimer } from './retry-timer.js';
import { SerialQueue } from './serial-queue.js';
import * as change from './state-change.js';
import { validateNext } from './state.validator.js';
import { mergeDesired } from './three-way-merge.js';

/** Whether what runs is what the store holds. */
export interface RegistryStatus {
  /** false: the store has not been read since it was last away, or since a commit with an unknown outcome. */
  readonly reconciled: boolean;
  /** Why the file or the stored state is refused; empty: all is well. */
  readonly problem: string;
}

/**
 * Owns the desired state: applies the file and changes over the API one after the other, stores each as a revision and
 * tells what runs. Without the store it runs on the file, or on what it last knew, and reconciles when the store is back.
 */
@Injectable()
export class RegistryService {
  private readonly logger = new Logger(RegistryService.name);
  private readonly listeners: ((view: RegistryView) => void)[] = [];
  private readonly queue = new SerialQueue();
  private readonly retry = new RetryTimer(() => void this.queue.run(() => this.tryReconcile()));
  private readonly committed: CommittedState;
  private view: RegistryView;
  /** The file as it is now, whether or not the store knows it. */
  private file: AuthoredFile | null = null;
  /** The store does not have what the file says yet. Once it does, others may change that, and it is left alone. */
  private isFileDue = false;
  private unwatch: () => void = () => undefined;
  private problem = '';

  constructor(
    @Inject(REGISTRY_STORE) private readonly store: RegistryStore,
    @Inject(STORE_CONNECTION) private readonly connection: StoreConnection,
  ) {
    const affinitySecret = randomBytes(32).toString('hex');
    this.view = emptyView(affinitySecret);
    this.committed = new CommittedState(store, affinitySecret);
    connection.onChange(({ state }) => {
      if (state !== 'connected') this.committed.forget();
      else void this.queue.run(() => this.tryReconcile());
    });
  }

  /**
   * Opens the store and takes over the file (null: there is none). Resolves when the balancer has something to run on.
   * A file that does not go together with the stored state is refused in `status()`, and the stored state runs.
   * Throws CONFIG_INVALID when neither gives a valid state.
   */
  async start(fileState: DesiredState | null, author: string): Promise<RegistryView> {
    this.file = fileState === null ? null : authoredFile(fileState, author);
    this.isFileDue = this.file !== null;
    await this.connection.open();
    await this.queue.run(() => this.tryReconcile());
    if (!this.committed.isFresh) {
      if (this.file === null && this.problem !== '') throw new VelocityError('CONFIG_INVALID', this.problem);
      this.runWithoutStore(null);
    }
    this.unwatch = this.store.watch((revision) => void this.queue.run(() => this.follow(revision)));
    return this.view;
  }

  /** Ends retries and what follows other balancers; the store is closed by its own module. */
  stop(): void {
    this.unwatch();
    this.retry.stop();
  }

  current(): RegistryView {
    return this.view;
  }

  status(): RegistryStatus {
    return { reconciled: this.committed.isFresh, problem: this.problem };
  }

  /** Calls back after each change of what runs, in order of registration. */
  onChanged(listener: (view: RegistryView) => void): void {
    this.listeners.push(listener);
  }

  revisions(limit: number, before?: number): Promise<readonly Revision[]> {
    return this.store.revisions(limit, before);
  }

  /**
   * Merges what changed in the file into what is stored. While the store is away the change runs all the same, and is
   * stored on its return. Throws CONFIG_INVALID: the file is refused as a whole, what runs stays.
   */
  applyFile(state: DesiredState, author: string): Promise<RegistryView> {
    return this.queue.run(async () => {
      const { file: before, isFileDue: wasDue } = this;
      this.file = authoredFile(state, author);
      this.isFileDue = true;
      try {
        await this.takeOverFile(before);
      } catch (error) {
        this.file = before;
        this.isFileDue = wasDue;
        throw error;
      }
      return this.view;
    });
  }

  createService(input: ServiceInput, author: string): Promise<RegistryView> {
    return this.write(author, (state) => change.withService(state, input));
  }

  /** A body with another name renames the service; its backends then have other ids. */
  replaceService(name: string, input: ServiceInput, author: string): Promise<RegistryView> {
    return this.write(author, (state) => change.withServiceReplaced(state, name, input));
  }

  deleteService(name: string, author: string): Promise<RegistryView> {
    return this.write(author, (state) => change.withoutService(state, name));
  }

  /** Resolves with the id of the new backend. */
  async addBackend(service: string, input: BackendInput, author: string): Promise<string> {
    await this.write(author, (state) => change.withBackend(state, service, input));
    return backendId(service, backendKey(input));
  }

  async patchBackend(
    service: string,
    backend: string,
    patch: BackendPatch,
    author: string,
  ): Promise<RegistryView> {
    return this.write(author, (state) => change.withBackendPatched(state, { service, backend }, patch));
  }

  removeBackend(service: string, backend: string, author: string): Promise<RegistryView> {
    return this.write(author, (state) => change.withoutBackend(state, { service, backend }));
  }

  /** A change over the API: stored before it runs. Rejects with STORE_UNAVAILABLE, and nothing changed that we know of. */
  private write(author: string, next: (state: DesiredState) => DesiredState): Promise<RegistryView> {
    return this.queue.run(async () => {
      try {
        if (!this.committed.isFresh) await this.reconcile();
        await this.advance((stored) => {
          const proposal = unchanged(stored, 'api', author);
          return { ...proposal, state: next(proposal.state) };
        });
      } finally {
        // An unknown outcome must be found out also when nobody writes again.
        if (!this.committed.isFresh) this.retry.schedule();
      }
      return this.view;
    });
  }

  /** Runs what another balancer stored. What does not hold here is tried again: a file that it names may come later. */
  private async follow(revision: number): Promise<void> {
    if (this.committed.holds(revision)) return;
    this.committed.forget();
    await this.tryReconcile();
  }

  private async tryReconcile(): Promise<void> {
    try {
      await this.reconcile();
      this.retry.stop();
    } catch (error) {
      this.retry.schedule();
      if (isVelocityError(error, 'STORE_UNAVAILABLE')) return;
      this.refuse('The stored configuration cannot be used, what ran before goes on', error);
    }
  }

  /** Brings file and store together; a file that does not go together with what is stored is left out. */
  private async reconcile(): Promise<void> {
    try {
      await this.advanceFile();
      this.problem = '';
    } catch (error) {
      if (!isRefusal(error) || !this.isFileDue) throw error;
      await this.advance((stored) => {
        if (stored === null) throw error;
        return unchanged(stored, 'system', 'velocity');
      });
      this.refuse('The configuration file is refused and the stored configuration runs', error);
    }
  }

  private async takeOverFile(before: AuthoredFile | null): Promise<void> {
    try {
      await this.advanceFile();
    } catch (error) {
      if (!isVelocityError(error, 'STORE_UNAVAILABLE')) throw error;
      this.runWithoutStore(before);
      this.retry.schedule();
    }
    this.problem = '';
  }

  private async advanceFile(): Promise<void> {
    await this.advance((stored) => this.withFile(stored));
    this.isFileDue = false;
  }

  /** An empty store takes the file also when it had it once: somebody emptied it. */
  private withFile(stored: StoredRegistry | null): Proposal {
    const isWanted = this.isFileDue || stored === null;
    return this.file !== null && isWanted
      ? mergedWithFile(stored, this.file)
      : unchanged(stored, 'system', 'velocity');
  }

  /** Stores a proposal and runs it. */
  private async advance(propose: (stored: StoredRegistry | null) => Proposal): Promise<void> {
    const { stored, services } = await this.committed.advance(propose, ({ state, origin }) =>
      validateNext(this.view, state, origin === 'file'),
    );
    const { revision, state, affinitySecret } = stored;
    this.run({ revision, state, services, affinitySecret, persisted: true });
  }

  /** Runs the file on top of what ran, in memory only. `before`: the file as it was until now. */
  private runWithoutStore(before: AuthoredFile | null): void {
    const { file, view } = this;
    if (file === null) return;
    const base = before?.state ?? this.committed.last?.appliedFile ?? null;
    const state = mergeDesired(base, view.state, file.state);
    const services = validateNext(view, state, true);
    this.run({ ...view, state, services, persisted: false });
  }

  private run(view: RegistryView): void {
    const isSame = isSameView(this.view, view);
    this.view = view;
    if (isSame) return;
    for (const listener of this.listeners) {
      try {
        listener(view);
      } catch (error) {
        // The state is stored and stands: one listener that fails must not keep it from the others.
        this.logger.error(error, `A listener failed on revision ${view.revision.number}`);
      }
    }
  }

  private refuse(what: string, error: unknown): void {
    const problem = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    if (problem !== this.problem) this.logger.error(problem);
    this.problem = problem;
  }
}

/** The state was judged and found wanting, as opposed to a store that failed. */
function isRefusal(error: unknown): boolean {
  return isVelocityError(error, 'CONFIG_INVALID') || isVelocityError(error, 'CAPACITY_EXCEEDED');
}
