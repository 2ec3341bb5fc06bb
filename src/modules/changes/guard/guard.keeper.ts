import { Logger } from '@nestjs/common';
import type { SharedMemory } from '../../../common/contract/index.js';
import { isVelocityError, VelocityError } from '../../../common/errors/index.js';
import type { PublicationSource } from '../../data-plane/index.js';
import type { Change, Guard, RegistryService, RegistryView } from '../../registry/index.js';
import type { GuardOutcome, GuardStatus } from './guard.status.js';
import { GuardWatch, type WatchParts } from './guard.watch.js';
import { type Settlement, settlementIn, settlementInHistory } from './settlement.js';
import { touchedInputs, touchedServices } from './touched.services.js';
import { TrafficMeter } from './traffic.meter.js';
import { SAMPLE_MS, TrafficWindow } from './traffic.window.js';

const JUDGE_MS = 250;
/** A verdict that could not be stored is tried again after this. */
const RETRY_MS = 1_000;
/** Of a guard that is found after its deadline: time for another balancer, which watched it, to end it first. */
const OVERDUE_GRACE_MS = 2_000;
const MAX_OUTCOMES = 10;
const MS_PER_SECOND = 1_000;

export interface GuardKeeperParts {
  readonly registry: Pick<RegistryService, 'current' | 'onChanged' | 'settleGuard' | 'stateAt' | 'revisions'>;
  readonly publications: Pick<PublicationSource, 'current'>;
  readonly memory: SharedMemory;
}

/**
 * Judges a guarded change by the traffic of this balancer: takes it back as soon as errors or latency are worse than
 * before by more than its terms allow, and at its deadline when nobody has confirmed it. Several balancers may judge
 * one change, each by its own traffic: the registry lets one verdict count.
 */
export class GuardKeeper {
  private readonly logger = new Logger(GuardKeeper.name);
  private readonly watchParts: WatchParts;
  private readonly sampler: NodeJS.Timeout;
  private judging: NodeJS.Timeout | null = null;
  private watch: GuardWatch | null = null;
  /** A verdict of ours is being stored. */
  private isSettling = false;
  private isStopped = false;
  private notBefore = 0;
  private problem = '';
  private view: RegistryView;
  private outcomes: readonly GuardOutcome[] = [];

  constructor(private readonly parts: GuardKeeperParts) {
    const { memory, publications, registry } = parts;
    const meter = new TrafficMeter(memory);
    const window = new TrafficWindow(meter, publications);
    this.watchParts = { meter, window, publications };
    window.sample();
    this.sampler = setInterval(() => window.sample(), SAMPLE_MS).unref();
    this.view = registry.current();
    registry.onChanged((view) => this.follow(view));
  }

  /** To be called before traffic is drained: what the end of this process does to it says nothing about a change. */
  stop(): void {
    this.isStopped = true;
    clearInterval(this.sampler);
    this.endJudging();
  }

  status(): GuardStatus {
    const { watch, outcomes, problem } = this;
    if (watch === null) return { guard: null, outcomes };
    const { guard } = watch;
    const secondsLeft = Math.max(0, Math.ceil((guard.deadline - Date.now()) / MS_PER_SECOND));
    return {
      guard: { ...guard, ...watch.all(), secondsLeft, services: watch.services(), problem },
      outcomes,
    };
  }

  /** Somebody decides. Rejects with GUARD_NOT_FOUND when no change is under guard, or no longer. */
  async settle(verdict: Settlement['verdict'], change: Change): Promise<RegistryView> {
    const { guard } = this.parts.registry.current();
    if (guard === null) {
      throw new VelocityError(
        'GUARD_NOT_FOUND',
        'No change is under guard: the last one was confirmed or taken back already, or was made without a guard.',
      );
    }
    return this.parts.registry.settleGuard(guard.revision, verdict, change);
  }

  private follow(view: RegistryView): void {
    const { view: before, watch } = this;
    this.view = view;
    if (watch !== null && watch.guard.revision !== view.guard?.revision) this.end(watch, view);
    if (view.guard !== null && this.watch === null && !this.isStopped) this.begin(view.guard, before, view);
  }

  private begin(guard: Guard, before: RegistryView, after: RegistryView): void {
    const watch = new GuardWatch(guard, this.watchParts);
    this.watch = watch;
    if (before.revision.number === guard.previous) {
      watch.touch(touchedServices(before.services, after.services));
    } else void this.touchWritten(watch, after);
    const isOverdue = guard.deadline <= Date.now();
    this.notBefore = isOverdue ? Date.now() + OVERDUE_GRACE_MS : 0;
    this.judging = setInterval(() => this.judge(watch, isOverdue), JUDGE_MS);
    this.logger.log(`Revision ${guard.revision} of ${guard.author} is under guard`);
  }

  /** Of a guard that we find, after a start or because others made the change: only the history knows what was before. */
  private async touchWritten(watch: GuardWatch, after: RegistryView): Promise<void> {
    try {
      const before = await this.parts.registry.stateAt(watch.guard.previous);
      watch.touch(touchedInputs(before, after.state));
    } catch (error) {
      this.logger.error(error, `Revision ${watch.guard.revision} is judged by all traffic together only`);
    }
  }

  private judge(watch: GuardWatch, wasOverdue: boolean): void {
    if (this.isSettling || Date.now() < this.notBefore) return;
    const settlement = wasOverdue ? UNWATCHED : verdictOn(watch);
    if (settlement === null) return;
    void this.store(watch, settlement);
  }

  private async store(watch: GuardWatch, { verdict, why }: Settlement): Promise<void> {
    this.isSettling = true;
    try {
      const change: Change = { author: 'velocity', origin: 'system', note: why };
      await this.parts.registry.settleGuard(watch.guard.revision, verdict, change);
    } catch (error) {
      this.failed(watch, error);
    } finally {
      this.isSettling = false;
    }
  }

  private failed(watch: GuardWatch, error: unknown): void {
    this.notBefore = Date.now() + RETRY_MS;
    // Somebody was faster, and the registry will tell.
    if (isVelocityError(error, 'GUARD_NOT_FOUND')) return;
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== this.problem) {
      this.logger.error(`The guard of revision ${watch.guard.revision} cannot be ended yet: ${problem}`);
    }
    this.problem = problem;
  }

  private end(watch: GuardWatch, view: RegistryView): void {
    this.endJudging();
    this.watch = null;
    this.problem = '';
    const { now, baseline } = watch.all();
    const { revision, previous, author } = watch.guard;
    const time = Date.now();
    const measured = {
      revision,
      previous,
      author,
      time,
      durationMs: time - watch.startedAt,
      baseline,
      ...now,
      services: watch.services(),
    };
    const settlement = settlementIn(view.revision, revision);
    if (settlement !== null) return this.remember({ ...measured, ...settlement });
    settlementInHistory(this.parts.registry, revision).then(
      (found) => this.remember({ ...measured, ...found }),
      (error: unknown) => this.logger.error(error),
    );
  }

  private remember(outcome: GuardOutcome): void {
    this.outcomes = [outcome, ...this.outcomes].slice(0, MAX_OUTCOMES);
    const { revision, verdict, why, requests, errors } = outcome;
    const what = verdict === 'reverted' ? 'was taken back' : 'stays';
    const text = `Revision ${revision} ${what}: ${why}; ${errors} of ${requests} exchanges failed meanwhile`;
    if (verdict === 'reverted') this.logger.warn(text);
    else this.logger.log(text);
  }

  private endJudging(): void {
    if (this.judging !== null) clearInterval(this.judging);
    this.judging = null;
  }
}

const UNWATCHED: Settlement = {
  verdict: 'reverted',
  why: 'nobody confirmed it until its deadline, and no balancer was there to judge it',
};

/** null: not yet. */
function verdictOn(watch: GuardWatch): Settlement | null {
  const why = watch.whyWorse();
  if (why !== null) return { verdict: 'reverted', why };
  if (Date.now() < watch.guard.deadline) return null;
  return watch.guard.confirmation === 'auto'
    ? { verdict: 'confirmed', why: 'traffic did not worsen until its deadline' }
    : { verdict: 'reverted', why: 'nobody confirmed it until its deadline' };
}
