import type { DockerDiscoveryConfig } from '../../common/config/index.js';
import { isVelocityError } from '../../common/errors/index.js';
import { Backoff } from '../../common/backoff.js';
import type { Lease, LeaseSettings, OtherBalancers } from '../coordination/index.js';
import type { ApplicationLogger } from '../logging/index.js';
import type { RegistryService, RegistryView, StoreConnection } from '../registry/index.js';
import { DiscoveryLog, type RecordScaling } from './discovery.log.js';
import { type DiscoveryStatus, statusOf } from './discovery.status.js';
import { ChangeWriter } from './reconcile/change.writer.js';
import { drainedByDiscovery } from './reconcile/drained.history.js';
import {
  type Fitness,
  type LostBackend,
  NO_MEMORY,
  type FindingOutcome,
  type ReconcilePlan,
} from './reconcile/plan.js';
import { reconcile } from './reconcile/reconciliation.js';
import { RefusalMemory } from './reconcile/refusal.memory.js';
import { isOwnSource } from './source.names.js';
import { type MakeSource, SourceSet, wantedSources } from './source.set.js';

/** What comes within this time becomes one revision. */
const DEBOUNCE_MS = 100;
/** While something drains, or was refused. */
const DRAIN_LOOK_MS = 250;
const REFUSAL_LOOK_MS = 30_000;
/** What runs at other balancers, or may run there because they do not say, has this long to end. */
const SHARED_DRAIN_MS = 30_000;
const PROBLEM_LOOK_MS = 1_000;
/** So far back it is looked who drained a backend. */
const HISTORY_REVISIONS = 100;
const LEASE = 'discovery';

export interface DiscoveryParts {
  /** null: labels of containers are not looked at. */
  readonly docker: DockerDiscoveryConfig | null;
  readonly registry: Pick<RegistryService, 'current' | 'onChanged' | 'changeBackends' | 'revisions'>;
  readonly connection: Pick<StoreConnection, 'onChange'>;
  readonly requestLease: (settings: Omit<LeaseSettings, 'holder'>) => Pick<Lease, 'term'>;
  /** That share the registry. */
  readonly others: Pick<OtherBalancers, 'refresh' | 'areDoneWith'>;
  /** Exchanges at a backend of this balancer now. */
  readonly inFlight: (backend: string) => number;
  readonly fitness: (backend: string) => Fitness;
  readonly makeSource: MakeSource;
  readonly record: RecordScaling;
  readonly log: ApplicationLogger;
}

/**
 * Brings what sources find into the registry. Looks at everything again whenever anything changes: a finding, the
 * registry, the lease, the store. So nothing is lost when a change could not be stored, and what somebody else takes out
 * comes back.
 */
export class RunningDiscovery {
  private readonly sources: SourceSet;
  private readonly writer: ChangeWriter;
  private readonly said: DiscoveryLog;
  private readonly refusals = new RefusalMemory();
  private readonly backoff = new Backoff({ baseMs: 500, maxMs: 10_000 });
  private readonly problemTimer: NodeJS.Timeout;
  private readonly lease: Pick<Lease, 'term'>;
  private memory = NO_MEMORY;
  /** By backend id: one in which it drains. */
  private drainRevisions = new Map<string, number>();
  private outcomes: readonly FindingOutcome[] = [];
  private timer: { readonly handle: NodeJS.Timeout; readonly at: number } | null = null;
  private looking: Promise<void> | null = null;
  private isStale = false;
  private isHistoryRead = false;
  private isStopped = false;

  constructor(private readonly parts: DiscoveryParts) {
    const { registry, log, record } = parts;
    this.said = new DiscoveryLog(log, record);
    this.writer = new ChangeWriter(registry);
    this.sources = new SourceSet(parts.makeSource, () => this.lookIn(DEBOUNCE_MS));
    registry.onChanged((view) => this.follow(view));
    parts.connection.onChange(({ state }) => {
      if (state === 'connected') this.lookIn(DEBOUNCE_MS);
    });
    this.lease = parts.requestLease({ name: LEASE, onAcquired: () => this.lookIn(DEBOUNCE_MS) });
    this.problemTimer = setInterval(() => this.lookAtProblems(), PROBLEM_LOOK_MS).unref();
    this.follow(registry.current());
  }

  status(): DiscoveryStatus {
    return statusOf(this.sources.states(), this.outcomes);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer.handle);
    clearInterval(this.problemTimer);
    await Promise.all([this.sources.stop(), this.looking]);
  }

  private follow(view: RegistryView): void {
    if (this.isStopped) return;
    this.sources.follow(wantedSources(this.parts.docker, view.services));
    this.lookIn(DEBOUNCE_MS);
  }

  /** The earliest of what was asked for counts: a stream of changes puts nothing off. */
  private lookIn(delayMs: number): void {
    if (this.isStopped) return;
    const at = performance.now() + delayMs;
    if (this.timer !== null) {
      if (this.timer.at <= at) return;
      clearTimeout(this.timer.handle);
    }
    const handle = setTimeout(() => {
      this.timer = null;
      this.look();
    }, delayMs).unref();
    this.timer = { handle, at };
  }

  private look(): void {
    if (this.looking !== null) {
      this.isStale = true;
      return;
    }
    this.looking = this.reconcile().finally(() => {
      this.looking = null;
      if (this.isStale) this.lookIn(DEBOUNCE_MS);
      this.isStale = false;
    });
  }

  private async reconcile(): Promise<void> {
    try {
      await this.readHistory();
      const plan = this.plan();
      this.memory = plan.memory;
      this.outcomes = plan.outcomes;
      // Before it is planned anew: what drains is removed when nobody has anything there.
      if (plan.isDraining && this.isWriter()) await this.parts.others.refresh();
      if (plan.units.length > 0 && this.isWriter()) await this.write(plan);
      this.backoff.reset();
      if (plan.isDraining) this.lookIn(DRAIN_LOOK_MS);
      if (!this.refusals.isEmpty) this.lookIn(REFUSAL_LOOK_MS);
    } catch (error) {
      // The store's own connection says that it is away.
      if (!isVelocityError(error, 'STORE_UNAVAILABLE'))
        this.parts.log.error({ error }, 'discovery: changes could not be stored, they are tried again');
      this.lookIn(this.backoff.next());
    }
  }

  private plan(): ReconcilePlan {
    const { registry, inFlight } = this.parts;
    const view = registry.current();
    const now = Date.now();
    this.refusals.prune(now);
    for (const id of this.drainRevisions.keys())
      if ((this.memory.lost.get(id)?.drainsSince ?? null) === null) this.drainRevisions.delete(id);
    return reconcile({
      sources: this.sources.states(),
      view,
      memory: this.memory,
      isWriter: this.isWriter(),
      now,
      fitnessOf: this.parts.fitness,
      isDrained: (backend, sinceMs) => {
        const isLeft = this.isLeftElsewhere(backend, view.revision.number, sinceMs);
        return inFlight(backend) === 0 && (isLeft || now - sinceMs >= SHARED_DRAIN_MS);
      },
      refusalOf: (unit) => this.refusals.reasonFor(unit, view.state, now),
    });
  }

  private async write({ units }: ReconcilePlan): Promise<void> {
    const { registry } = this.parts;
    const outcome = await this.writer.write(units);
    const view = registry.current();
    const now = Date.now();
    for (const { unit, reason } of outcome.refused) this.refusals.add(unit, reason, view.state, now);
    const applied = new Map(this.memory.applied);
    // Also what the operator changes at once after that is not fought with.
    for (const { backend, settings } of outcome.done)
      if (backend !== null && settings !== null) applied.set(backend, settings);
    this.memory = { ...this.memory, applied };
    this.said.written(outcome, view);
    // What has just become a backend is shown as one, and not until the next look as what it was before.
    this.outcomes = this.plan().outcomes;
    if (outcome.isPartial || outcome.refused.length > 0) this.lookIn(DEBOUNCE_MS);
  }

  private isWriter(): boolean {
    return !this.isStopped && this.lease.term !== null;
  }

  /** @param revision The present one: it drains in this one, if it was not seen to do so before. */
  private isLeftElsewhere(backend: string, revision: number, sinceMs: number): boolean {
    const drainedIn = this.drainRevisions.get(backend) ?? revision;
    this.drainRevisions.set(backend, drainedIn);
    return this.parts.others.areDoneWith(backend, drainedIn, sinceMs);
  }

  /** Once, before the first look: who drained what drains already. */
  private async readHistory(): Promise<void> {
    const { registry } = this.parts;
    if (this.isHistoryRead) return;
    const isDrained = ({ state, source }: { state: string; source: string | null }) =>
      state === 'draining' && source !== null && isOwnSource(source);
    const services = registry.current().services.filter(({ backends }) => backends.some(isDrained));
    if (services.length > 0) {
      const drained = drainedByDiscovery(await registry.revisions(HISTORY_REVISIONS));
      const lost = new Map<string, LostBackend>();
      const now = Date.now();
      for (const { name, backends } of services)
        for (const { id, url } of backends)
          if (drained.has(`${name}\n${url}`))
            lost.set(id, { since: now, drainsSince: now, isDrainedByUs: true });
      this.memory = { ...this.memory, lost };
    }
    this.isHistoryRead = true;
  }

  private lookAtProblems(): void {
    this.said.lookAt(this.sources.states(), this.isWriter());
  }
}
