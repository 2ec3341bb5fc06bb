import { isDeepStrictEqual } from 'node:util';
import type { ScalingConfig } from '../../../common/config/index.js';
import type { SharedMemory } from '../../../common/contract/index.js';
import { noLongerThan } from '../../../common/patience.js';
import type { OtherBalancers } from '../../coordination/index.js';
import {
  decide,
  NO_MEMORY,
  ScheduleFloor,
  type ScalingDecision,
  type ScalingMemory,
  type ScalingObservation,
} from '../decision/index.js';
import { type Copy, counts } from '../fleet/copy.js';
import type { Fleet } from '../fleet/fleet.js';
import { DecisionJournal } from './decision.journal.js';
import type { ScalingJournal } from '../scaling.journal.js';
import type { ScheduleAlarms } from './schedule.alarms.js';
import { hasTraffic, ServiceObserver } from './service.observer.js';

/** Of an interval: so often it is looked how much is in flight. */
const SAMPLE_SHARE = 1 / 10;
const SHORTEST_SAMPLE_MS = 50;
const LONGEST_SAMPLE_MS = 1_000;
/** Until the fleet knows what is there. */
const FIRST_LOOK_MS = 25;
/** No decision waits longer for the store, which is asked what other balancers have. */
const PATIENCE_MS = 200;
/** While it is asleep, the store is asked so often whether somebody waits at another balancer. */
const LISTEN_ELSEWHERE_MS = 1_000;

export interface ScaledServiceParts {
  readonly name: string;
  readonly memory: SharedMemory;
  readonly fleet: Fleet;
  readonly journal: ScalingJournal;
  readonly alarms: ScheduleAlarms;
  readonly others: Pick<OtherBalancers, 'refresh' | 'loadOf'>;
  /** Place of the service in the shared memory; -1: it has none. */
  readonly slot: () => number;
  /** Called after each decision. */
  readonly decided: () => void;
}

/** One service whose copies are counted: looks at its traffic, decides, and tells its fleet. */
export class ScaledService {
  readonly counts = { up: 0, down: 0, hold: 0 };
  /** The last one; null: none yet. */
  decision: ScalingDecision | null = null;
  private readonly observer: ServiceObserver;
  private readonly journal: DecisionJournal;
  private memory: ScalingMemory = NO_MEMORY;
  private schedules: ScheduleFloor;
  private sampler: NodeJS.Timeout | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isRunning = false;

  constructor(
    private readonly parts: ScaledServiceParts,
    private config: ScalingConfig,
  ) {
    this.observer = new ServiceObserver(parts.memory);
    this.journal = new DecisionJournal(parts.journal);
    this.schedules = new ScheduleFloor(config.schedules);
  }

  get name(): string {
    return this.parts.name;
  }

  get fleet(): Fleet {
    return this.parts.fleet;
  }

  get settings(): ScalingConfig {
    return this.config;
  }

  /** Nothing is there, and nothing is wanted: only a request changes that. */
  get isAsleep(): boolean {
    return this.isRunning && this.decision?.desired === 0;
  }

  get floor(): number {
    return this.schedules.at(Date.now()).min;
  }

  run(): void {
    this.fleet.run();
    this.isRunning = true;
    this.begin();
  }

  /** Decides nothing any more; the fleet goes on, unless it is paused as well. */
  halt(): void {
    this.isRunning = false;
    this.clearTimers();
  }

  /** Takes other settings, and decides by them at once. */
  configure(config: ScalingConfig): void {
    if (isDeepStrictEqual(config, this.config)) return;
    const isOtherSource = !isDeepStrictEqual(config.source, this.config.source);
    this.config = config;
    this.schedules = new ScheduleFloor(config.schedules);
    this.fleet.reconfigure(config, isOtherSource);
    if (this.isRunning) this.begin();
  }

  /** Only while it is asleep: one who waits wakes it up. */
  listen(): void {
    const slot = this.parts.slot();
    if (slot < 0) return;
    const hasCome = this.observer.sample(slot, Date.now());
    const waiting = this.observer.waiting(slot);
    void this.parts.others.refresh(LISTEN_ELSEWHERE_MS);
    // Who was turned away because nobody is there has also asked.
    const isAsked = waiting > 0 || hasCome || hasTraffic(this.parts.others.loadOf(this.name));
    if (isAsked) this.decide(Math.max(waiting, 1));
  }

  /** How many there are: one that is there only to replace an outdated one is none more. */
  countOf(copies: readonly Copy[]): number {
    const alive = copies.filter(counts);
    const fresh = alive.filter(({ isOutdated }) => !isOutdated).length;
    const wanted = this.decision?.desired ?? alive.length;
    return fresh === alive.length ? fresh : Math.min(alive.length, Math.max(fresh, wanted));
  }

  private clearTimers(): void {
    this.parts.alarms.clear(this.name);
    if (this.sampler !== null) clearInterval(this.sampler);
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private begin(): void {
    this.clearTimers();
    const { intervalMs } = this.config;
    const everyMs = Math.min(Math.max(intervalMs * SAMPLE_SHARE, SHORTEST_SAMPLE_MS), LONGEST_SAMPLE_MS);
    this.sampler = setInterval(() => this.sample(), everyMs).unref();
    this.timer = setTimeout(() => this.tick(), 0);
  }

  private sample(): void {
    const slot = this.parts.slot();
    // A sleeping service is sampled when it is listened to.
    if (slot >= 0 && !this.isAsleep) this.observer.sample(slot, Date.now());
  }

  private tick(): void {
    const isKnown = this.fleet.isKnown;
    this.timer = setTimeout(() => this.tick(), isKnown ? this.config.intervalMs : FIRST_LOOK_MS).unref();
    if (isKnown) void this.decideInTime();
  }

  /** With what the other balancers have said last, unless the store takes too long to tell. */
  private async decideInTime(): Promise<void> {
    await noLongerThan(PATIENCE_MS, this.parts.others.refresh());
    if (this.isRunning) this.decide(0);
  }

  /** @param waiting At least so many wait. */
  private decide(waiting: number): void {
    const observation = this.observe(waiting);
    if (observation === null) return;
    const { min: floor, until } = this.schedules.at(observation.time);
    const { decision, memory } = decide(this.config, observation, this.memory, floor);
    this.memory = memory;
    this.decision = decision;
    const { desired, current } = decision;
    this.counts[desired > current ? 'up' : desired < current ? 'down' : 'hold']++;
    this.journal.taken({ service: this.name, observation, decision, floor });
    this.fleet.want(desired);
    this.parts.alarms.set(this.name, until, () => this.decide(0));
    this.parts.decided();
  }

  private observe(leastWaiting: number): ScalingObservation | null {
    const slot = this.parts.slot();
    if (slot < 0) return null;
    const time = Date.now();
    const elsewhere = this.parts.others.loadOf(this.name);
    const { inFlight, queue, requestsPerSecond, p95Ms, waiting } = this.observer.look(slot, time, elsewhere);
    const copies = this.fleet.look();
    return {
      time,
      current: this.countOf(copies),
      ready: copies.filter((copy) => counts(copy) && copy.isReady).length,
      metrics: { inFlight, queue, requestsPerSecond, p95Ms, cpu: cpuOf(copies) },
      lastRequestAt: this.observer.lastRequestAt,
      waiting: Math.max(waiting, leastWaiting),
      ...(elsewhere.isComplete ? {} : { isPartial: true }),
    };
  }
}

function cpuOf(copies: readonly Copy[]): number | null {
  const shares = copies
    .filter((copy) => counts(copy) && copy.isReady)
    .flatMap(({ instance }) => (instance.cpu === null ? [] : [instance.cpu]));
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
