import type { BackendStates } from '../../common/contract/index.js';
import type { Publication, PublicationSource, PublishedService } from '../data-plane/index.js';
import { BackendWatch } from './backend.watch.js';
import { HealthAnnouncer } from './health.announcer.js';
import { HealthJudge } from './health.judge.js';
import type { HealthRecorder } from './health.recorder.js';
import { FirstVerdicts } from './first.verdicts.js';
import { type BackendHealthStatus, describeHealth, type HealthChange } from './health.status.js';
import { type ProbeClock, SYSTEM_CLOCK } from './probe.clock.js';
import type { ProbeResultSink, ProbeScheduler } from './probe.scheduler.js';
import type { ProbeResult } from './probes/index.js';
import { planWatches, type PlannedWatch } from './watch.plan.js';

/** Far below the resolution of a tick: only the order counts. */
const RANK_STEP_MS = 0.000_1;
/** More than a probe can be late: 10,000 backends behind one scheduler were seen to be about a second late at the start. */
const OVERTAKING_MS = 600_000;

interface ServiceWatches {
  readonly published: PublishedService;
  /** By backend id. */
  readonly watches: ReadonlyMap<string, BackendWatch>;
}

export interface HealthServiceParts {
  readonly publications: PublicationSource;
  readonly states: BackendStates;
  readonly scheduler: ProbeScheduler;
  readonly recorder: HealthRecorder;
  readonly clock?: ProbeClock;
}

/**
 * WHO is fit: keeps a watch on each published backend, judges its probes, writes the verdict where traffic reads it,
 * and records it. A backend that a publication did not change keeps its verdict and its schedule.
 */
export class HealthService implements ProbeResultSink {
  private services = new Map<string, ServiceWatches>();
  private readonly watches = new Map<string, BackendWatch>();
  private readonly announcer: HealthAnnouncer;
  private readonly scheduler: ProbeScheduler;
  private readonly clock: ProbeClock;
  /** Backends of the first publication that have no verdict yet; null before it. */
  private awaited: Set<string> | null = null;
  private readonly firstRound = Promise.withResolvers<void>();
  private readonly firstService = new FirstVerdicts();
  /** When the publication that is being applied came in. */
  private appliedAt = 0;

  constructor({ publications, states, scheduler, recorder, clock = SYSTEM_CLOCK }: HealthServiceParts) {
    this.clock = clock;
    this.scheduler = scheduler;
    this.announcer = new HealthAnnouncer(states, recorder, clock);
    scheduler.deliverTo(this);
    publications.onPublished((publication) => this.apply(publication));
    const current = publications.current();
    if (current) this.apply(current);
  }

  /** Resolves when each backend of the first publication has been probed once, or is gone. */
  initialRound(): Promise<void> {
    return this.firstRound.promise;
  }

  /** Resolves when each service of the first publication has a healthy backend, or no backend left to hope for. */
  servicesDecided(): Promise<void> {
    return this.firstService.whenAll;
  }

  /** null: not under watch, because it is disabled or does not exist. */
  statusOf(backendId: string): BackendHealthStatus | null {
    const watch = this.watches.get(backendId);
    return watch ? describeHealth(watch, this.clock) : null;
  }

  /** Called at each change of a backend's health, after traffic sees it. The listener must not throw. */
  onChange(listener: (change: HealthChange) => void): void {
    this.announcer.onChange(listener);
  }

  settle(watch: BackendWatch, result: ProbeResult): void {
    const previous = watch.judge.health;
    if (result.outcome !== 'inconclusive') {
      watch.judge.judge(result.outcome === 'passed', watch.subject.health);
    }
    this.announcer.probed(watch, result);
    if (watch.judge.health !== previous) this.announcer.changed(watch, previous, result);
    this.firstService.decided(watch.backend, watch.judge.health);
    this.noLongerAwaited(watch.backend.id);
  }

  private apply(publication: Publication): void {
    const previous = this.services;
    this.appliedAt = this.clock.now();
    this.services = new Map();
    for (const published of publication.services) {
      const { name } = published.config;
      const before = previous.get(name);
      const isUnchanged = before?.published === published;
      this.services.set(name, isUnchanged ? before : this.reconcile(published, before));
      previous.delete(name);
    }
    for (const { watches } of previous.values()) for (const watch of watches.values()) this.end(watch);
    if (this.awaited === null) this.awaitFirstRound();
    this.resolveFirstRound();
    this.scheduler.startDue();
  }

  private awaitFirstRound(): void {
    this.awaited = new Set([...this.watches.values()].filter(isUndecided).map(({ backend }) => backend.id));
    this.firstService.expect([...this.services].map(([name, { watches }]) => [name, [...watches.values()]]));
  }

  private reconcile(published: PublishedService, before: ServiceWatches | undefined): ServiceWatches {
    const gone = new Map(before?.watches);
    const watches = new Map<string, BackendWatch>();
    for (const planned of planWatches(published)) {
      const known = gone.get(planned.backend.id);
      gone.delete(planned.backend.id);
      const isUnchanged = known?.subjectFingerprint === planned.subjectFingerprint;
      watches.set(planned.backend.id, isUnchanged ? known : this.begin(planned, known));
    }
    for (const watch of gone.values()) this.end(watch);
    for (const backend of published.snapshot.backends) {
      // A backend that is enabled again starts like a new one.
      if (!watches.has(backend.id)) this.announcer.forget(backend.slot, published.snapshot.slot);
    }
    return { published, watches };
  }

  /** With a known backend only its probe changed: it keeps its verdict until probes of the new kind say otherwise. */
  private begin(planned: PlannedWatch, known: BackendWatch | undefined): BackendWatch {
    const { backend } = planned;
    if (known) this.scheduler.remove(known);
    const isSameSlot = known?.backend.slot === backend.slot;
    const judge = new HealthJudge(isSameSlot ? known.judge.health : 'unknown');
    const since = isSameSlot ? known.since : this.clock.unixMs();
    const watch = new BackendWatch(planned, judge, since);
    this.watches.set(backend.id, watch);
    if (watch.isProbed) this.scheduler.add(watch, this.firstProbeAt(planned));
    else this.declareHealthy(watch);
    return watch;
  }

  /** Of all new backends each service's first go first; one that comes while traffic runs overtakes what is due already. */
  private firstProbeAt({ rank }: PlannedWatch): number {
    const isFirstPublication = this.awaited === null;
    return this.appliedAt + rank * RANK_STEP_MS - (isFirstPublication ? 0 : OVERTAKING_MS);
  }

  private end(watch: BackendWatch): void {
    const { id } = watch.backend;
    this.scheduler.remove(watch);
    // The id may be watched anew already.
    if (this.watches.get(id) === watch) this.watches.delete(id);
    this.firstService.decided(watch.backend, 'unknown');
    this.noLongerAwaited(id);
  }

  /** Without probes there is nothing to wait for. */
  private declareHealthy(watch: BackendWatch): void {
    const previous = watch.judge.health;
    watch.judge.health = 'healthy';
    if (previous !== 'healthy') this.announcer.changed(watch, previous, null);
    this.noLongerAwaited(watch.backend.id);
  }

  private noLongerAwaited(id: string): void {
    if (this.awaited?.delete(id)) this.resolveFirstRound();
  }

  private resolveFirstRound(): void {
    if (this.awaited?.size === 0) this.firstRound.resolve();
  }
}

function isUndecided(watch: BackendWatch): boolean {
  return watch.isProbed && watch.lastProbe === null;
}
