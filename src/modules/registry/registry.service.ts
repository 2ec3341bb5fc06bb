import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import {
  backendId,
  type BackendInput,
  type BackendPatch,
  type ServiceInput,
  type VelocityConfig,
} from '../../common/config/index.js';
import { VelocityError, isVelocityError } from '../../common/errors/index.js';
import { requireTypedIn, withBrought, withBroughtBackends } from './brought-backends.js';
import type { ApplyMode, Change, Preview, Proposed } from './change.js';
import { changeLines } from './change-lines.js';
import { CommittedState, revealed } from './committed-state.js';
import { CurrentView } from './current.view.js';
import { EMPTY_STATE, backendKey, type DesiredState } from './desired-state.js';
import { edited, editedBackend, editedService } from './edit.proposals.js';
import { requireNoCondition } from './entity-tags.js';
import {
  applied,
  authoredFile,
  confirmed,
  mergedWithFile,
  takenBack,
  takenBackWhole,
  unchanged,
  type AuthoredFile,
  type Propose,
} from './proposals.js';
import {
  REGISTRY_STORE,
  STORE_CONNECTION,
  type Guard,
  type GuardTerms,
  type RegistryStore,
  type Revision,
  type StoreConnection,
} from './registry-store.js';
import { RecordedProposals } from './recorded.proposals.js';
import { emptyView, type RegistryView } from './registry-view.js';
import { runnableHere } from './process.check.js';
import { RetryTimer } from './retry-timer.js';
import { RevisionHistory } from './revision.history.js';
import { SerialQueue } from './serial-queue.js';
import * as edits from './state-change.js';
import { isRefusal, validateNext } from './state.validator.js';
import { withStoredSecrets } from './stored-secrets.js';
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
 *
 * Changes are stored before they run. They reject with STORE_UNAVAILABLE, and then nothing changed that we know of;
 * with PRECONDITION_FAILED when their condition does not hold; with CONFIG_INVALID or CAPACITY_EXCEEDED.
 */
@Injectable()
export class RegistryService {
  private readonly logger = new Logger(RegistryService.name);
  private readonly queue = new SerialQueue();
  private readonly retry = new RetryTimer(() => void this.queue.run(() => this.tryReconcile()));
  private readonly committed: CommittedState;
  private readonly history: RevisionHistory;
  private readonly recorded: RecordedProposals;
  private readonly running: CurrentView;
  /** The file as it is now, whether or not the store knows it. */
  private file: AuthoredFile | null = null;
  /** The store holds a state into which the file went: it is not merged again before it changes. */
  private isFileMerged = false;
  private unwatch: () => void = () => undefined;
  private problem = '';

  constructor(
    @Inject(REGISTRY_STORE) store: RegistryStore,
    @Inject(STORE_CONNECTION) private readonly connection: StoreConnection,
    /** Of this process; absent: rate limits cannot be shared, and nothing is scaled. */
    @Optional() private readonly config?: ConfigService,
  ) {
    const affinitySecret = randomBytes(32).toString('hex');
    this.running = new CurrentView(emptyView(affinitySecret));
    this.committed = new CommittedState(store, affinitySecret);
    this.history = new RevisionHistory(store);
    this.recorded = new RecordedProposals(this.history);
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
    await this.connection.open();
    await this.queue.run(() => this.tryReconcile());
    if (!this.current().persisted) {
      if (this.file === null && this.problem !== '') throw new VelocityError('CONFIG_INVALID', this.problem);
      this.runWithoutStore(null);
    }
    this.unwatch = this.committed.watch((revision) => void this.queue.run(() => this.follow(revision)));
    return this.current();
  }

  /** Ends retries and what follows other balancers; the store is closed by its own module. */
  stop(): void {
    this.unwatch();
    this.retry.stop();
  }

  current(): RegistryView {
    return this.running.value;
  }

  status(): RegistryStatus {
    return { reconciled: this.committed.isFresh, problem: this.problem };
  }

  /** The change that has to prove itself now; null: none. */
  guard(): Guard | null {
    return this.current().guard;
  }

  /** Calls back after each change of what runs, in order of registration. */
  onChanged(listener: (view: RegistryView) => void): void {
    this.running.onChanged(listener);
  }

  /** Newest first, those below `before` when given. */
  revisions(limit: number, before?: number): Promise<readonly Revision[]> {
    return this.history.list(limit, before);
  }

  /** Rejects with REVISION_NOT_FOUND. */
  revision(number: number): Promise<Revision> {
    return this.history.revision(number);
  }

  /** The desired state of a revision, byte for byte. Rejects with REVISION_NOT_FOUND and REVISION_UNREADABLE. */
  stateAt(number: number): Promise<DesiredState> {
    return this.history.stateAt(number);
  }

  /**
   * Merges what changed in the file into what is stored. While the store is away the change runs all the same, and is
   * stored on its return. Throws CONFIG_INVALID: the file is refused as a whole, what runs stays.
   */
  applyFile(state: DesiredState, author: string): Promise<RegistryView> {
    return this.queue.run(async () => {
      const [before, wasMerged] = [this.file, this.isFileMerged];
      this.file = authoredFile(state, author);
      this.isFileMerged = false;
      try {
        await this.takeOverFile(wasMerged ? null : before);
      } catch (error) {
        this.file = before;
        this.isFileMerged = wasMerged;
        throw error;
      }
      return this.current();
    });
  }

  /** No condition ever holds for a service that is not there yet. */
  createService(input: ServiceInput, change: Change): Promise<RegistryView> {
    const propose = edited(change, (state) => {
      const next = edits.withService(state, withBrought(undefined, input, 'document'));
      requireNoCondition(change, `Service ${input.name}`);
      return next;
    });
    return this.write(propose);
  }

  /** A body with another name renames the service; its backends then have other ids. */
  replaceService(name: string, input: ServiceInput, change: Change): Promise<RegistryView> {
    return this.write(editedService(name, change, (state) => edits.withServiceReplaced(state, name, input)));
  }

  deleteService(name: string, change: Change): Promise<RegistryView> {
    return this.write(editedService(name, change, (state) => edits.withoutService(state, name)));
  }

  /** Of somebody who types it in. Resolves with the id of the new backend. A condition is one on the service. */
  async addBackend(service: string, input: BackendInput, change: Change): Promise<string> {
    const typed = requireTypedIn(input);
    await this.write(editedService(service, change, (state) => edits.withBackend(state, service, typed)));
    return backendId(service, backendKey(input));
  }

  patchBackend(service: string, backend: string, patch: BackendPatch, change: Change): Promise<RegistryView> {
    const target = { service, backend };
    return this.write(
      editedBackend(target, change, (state) => edits.withBackendPatched(state, target, patch)),
    );
  }

  removeBackend(service: string, backend: string, change: Change): Promise<RegistryView> {
    const target = { service, backend };
    return this.write(editedBackend(target, change, (state) => edits.withoutBackend(state, target)));
  }

  /**
   * Many changes of backends as one revision; those that do not fit the present state any more are left out. Without any
   * effect there is no revision.
   */
  changeBackends(changes: readonly edits.BackendChange[], change: Change): Promise<RegistryView> {
    return this.write(edited(change, (state) => edits.withBackendChanges(state, changes)));
  }

  /**
   * Takes a whole state; `how.file` names where it came from. A condition is one on the revision. With guard terms the
   * change, if it changes anything, comes under guard: rejects with GUARD_ACTIVE while another one is.
   */
  async apply(
    desired: DesiredState,
    how: { readonly mode: ApplyMode; readonly file?: string },
    change: Change,
    guard?: GuardTerms,
  ): Promise<RegistryView> {
    const { state } = authoredFile(desired, change.author);
    const said = how.file === undefined ? change : { ...change, note: change.note || `from ${how.file}` };
    return this.write((stored) => applied(stored, { desired: state, mode: how.mode }, said, guard));
  }

  /**
   * Brings back the state of a revision, byte for byte but for the backends of discovery and scaling, which stay as they
   * are now. A condition is one on the present revision. Rejects with REVISION_NOT_FOUND and REVISION_UNREADABLE, with
   * guard terms also with GUARD_ACTIVE.
   */
  rollback(number: number, change: Change, guard?: GuardTerms): Promise<RegistryView> {
    return this.write(this.recorded.rollback(number, change, guard));
  }

  /**
   * What a proposal would lead to: validated as if it were made now, and nothing of it stored. Rejects with what the
   * change itself would reject with.
   */
  preview(proposed: Proposed): Promise<Preview> {
    return this.queue.run(async () => {
      await this.refresh();
      const { last } = this.committed;
      const { state } = revealed(await this.runnable(this.proposing(proposed))(last), last);
      const services = validateNext(this.current(), state, true);
      const changes = changeLines(last?.state ?? EMPTY_STATE, state);
      return { base: this.current().revision, state, services, changes };
    });
  }

  /**
   * Ends the guard of a revision. `confirmed`: the change stays. `reverted`: it is taken out of the present state; what
   * was changed elsewhere since then stays, unless it does not go together with what was there before.
   * Rejects with GUARD_NOT_FOUND when that revision is not, or no longer, under guard.
   */
  settleGuard(revision: number, verdict: 'confirmed' | 'reverted', change: Change): Promise<RegistryView> {
    if (verdict === 'confirmed') return this.write((stored) => confirmed(stored, revision, change));
    return this.queue.run(async () => {
      try {
        return await this.store(this.recorded.takingBack(revision, change, takenBack));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return await this.store(this.recorded.takingBack(revision, change, takenBackWhole));
      }
    });
  }

  /** Runs what another balancer stored. What does not hold here is tried again: a file that it names may come later. */
  private async follow(revision: number): Promise<void> {
    if (this.committed.holds(revision)) return;
    this.committed.forget();
    await this.tryReconcile();
  }

  private proposing(proposed: Proposed): Propose {
    const nobody = { author: '' };
    if ('rollback' in proposed) return this.recorded.rollback(proposed.rollback, nobody);
    const { state: desired } = authoredFile(proposed.desired, '');
    return (stored) => applied(stored, { desired, mode: proposed.mode }, nobody);
  }

  private write(propose: Propose): Promise<RegistryView> {
    return this.queue.run(() => this.store(propose));
  }

  /** Only within the queue. */
  private async store(propose: Propose): Promise<RegistryView> {
    try {
      await this.refresh();
      await this.advance(propose);
      if (this.isFileMerged) this.problem = '';
    } finally {
      // An unknown outcome must be found out also when nobody writes again.
      if (!this.committed.isFresh) this.retry.schedule();
    }
    return this.current();
  }

  /** Afterwards we know what the store holds; what cannot run here as it is may be cured by the change that follows. */
  private async refresh(): Promise<void> {
    if (this.committed.isFresh) return;
    try {
      await this.reconcile();
    } catch (error) {
      if (!isRefusal(error) || this.committed.last === null) throw error;
    }
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
      await this.mergeFile();
      this.problem = '';
    } catch (error) {
      if (!isRefusal(error) || this.isFileMerged) throw error;
      await this.advance((stored) => {
        if (stored === null) throw error;
        return unchanged(stored);
      });
      this.refuse('The configuration file is refused and the stored configuration runs', error);
    }
  }

  /** `waiting`: the file as it was until now, when it runs already but is not stored. */
  private async takeOverFile(waiting: AuthoredFile | null): Promise<void> {
    try {
      await this.mergeFile();
    } catch (error) {
      if (!isVelocityError(error, 'STORE_UNAVAILABLE')) throw error;
      this.runWithoutStore(waiting);
      this.retry.schedule();
    }
    this.problem = '';
  }

  private async mergeFile(): Promise<void> {
    const { file, isFileMerged } = this;
    await this.advance((stored) => {
      // A store that somebody emptied takes the file again.
      const isWanted = !isFileMerged || stored === null;
      return file !== null && isWanted ? mergedWithFile(stored, file) : unchanged(stored);
    });
    this.isFileMerged = true;
  }

  /** Stores a proposal and runs it. */
  private async advance(propose: Propose): Promise<void> {
    const { stored, services } = await this.committed.advance(this.runnable(propose), ({ state, kind }) =>
      validateNext(this.current(), state, kind !== 'edit'),
    );
    const { revision, state, affinitySecret, guard } = stored;
    this.running.change({ revision, state, services, affinitySecret, guard, persisted: true });
  }

  private runnable(propose: Propose): Propose {
    return runnableHere(propose, this.config?.get<VelocityConfig>('velocity'));
  }

  /** Runs the file on top of what ran, in memory only. `waiting`: the file that already runs so; null: the applied one does. */
  private runWithoutStore(waiting: AuthoredFile | null): void {
    const view = this.current();
    const { file } = this;
    if (file === null) return;
    const base = waiting?.state ?? this.committed.last?.appliedFile ?? null;
    const merged = mergeDesired(base, view.state, file.state);
    const state = withStoredSecrets(withBroughtBackends(view.state, merged, 'document'), view.state);
    const services = validateNext(view, state, true);
    this.running.change({ ...view, state, services, persisted: false });
  }

  private refuse(what: string, error: unknown): void {
    const problem = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    if (problem !== this.problem) this.logger.error(problem);
    this.problem = problem;
  }
}
