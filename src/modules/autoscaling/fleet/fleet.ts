import type { ScalingConfig } from '../../../common/config/index.js';
import { Backoff } from '../../../common/backoff.js';
import type { ScalingJournal } from '../scaling.journal.js';
import type { BackendChanges } from './backend.changes.js';
import { Census, type CopyEvent } from './census.js';
import { type Copy, counts } from './copy.js';
import { CopyStarter } from './copy.starter.js';
import { CrashLoop } from './crash.loop.js';
import { DriverSet, type OpensDriver, type OwnedInstance } from './driver.set.js';
import { wantedChanges } from './fleet.changes.js';
import { type FleetPlan, planFleet } from './fleet.plan.js';
import type { ScaledBackend, ScaledBackends } from './scaled-backends.js';
import { messageOf, sentence, Troubles } from './troubles.js';

/** What a driver lists is asked for anew after this time, whatever it tells by itself. */
const RESYNC_MS = 5_000;
/** Between two looks at what no event tells: whether a copy answers, is ready, or is empty. */
const LOOK_MS = 50;
/** A worker that was about to pick a backend as it began to drain has done so by then. */
const IDLE_MS = 100;
const AWAY = { baseMs: 500, maxMs: 30_000 };

export interface FleetParts {
  readonly service: string;
  readonly open: OpensDriver;
  readonly backends: ScaledBackends;
  readonly changes: Pick<BackendChanges, 'submit'>;
  readonly journal: Pick<ScalingJournal, 'write'>;
  readonly knock: (url: string) => Promise<boolean>;
}

type FleetSettings = Pick<ScalingConfig, 'source' | 'drainMs' | 'startMs'>;

/**
 * Keeps as many copies of one service running as it is told, and the registry's backends in step with them. Level-triggered:
 * each pass looks at what is there and does what brings it nearer to what should be, one pass at a time. What fails is tried
 * again with growing pauses, and said.
 */
export class Fleet {
  private readonly drivers: DriverSet;
  private readonly census: Census;
  private readonly troubles: Troubles;
  private readonly starter: CopyStarter;
  private readonly crashes = new CrashLoop();
  private readonly away = new Backoff(AWAY);
  private instances: readonly OwnedInstance[] = [];
  private copies: readonly Copy[] = [];
  private target: number | null = null;
  private listedAt: number | null = null;
  private isDirty = false;
  private isIdle = true;
  private loop: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;
  private wakesAt = Infinity;
  private retired: (() => void) | null = null;
  private hasLooked = false;

  constructor(
    private readonly parts: FleetParts,
    private settings: FleetSettings,
  ) {
    this.census = new Census(parts.backends);
    this.troubles = new Troubles((reason) => this.write({ kind: 'problem', reason }));
    this.drivers = new DriverSet(settings.source, parts.open, () => {
      this.listedAt = null;
      this.wake();
    });
    this.starter = new CopyStarter(this.drivers, this.troubles, this.away, (pauseMs) => {
      // It may have started some of them also when it failed.
      this.listedAt = null;
      this.wakeIn(pauseMs);
    });
  }

  /** For people; empty: all is well. */
  get problem(): string {
    return this.troubles.problem;
  }

  /** false: what is there is not known yet. */
  get isKnown(): boolean {
    return this.hasLooked;
  }

  /** What is there now. */
  look(): readonly Copy[] {
    return this.census.refresh(this.copies, this.backends(), Date.now());
  }

  /** How many there should be. */
  want(count: number): void {
    if (this.target === count) return;
    this.target = count;
    this.wake();
  }

  /** Begins, or goes on after a {@link pause}. */
  run(): void {
    this.isIdle = false;
    this.hasLooked = false;
    this.listedAt = null;
    this.wake();
  }

  /** Stops deciding: what runs goes on. Resolves when nothing more is being done. */
  async pause(): Promise<void> {
    this.isIdle = true;
    this.clearTimer();
    await Promise.all([this.loop, this.starter.underWay]);
    // It may be wanted again by now.
    if (!this.isIdle) return;
    // An engine need not be watched by one who has nothing to say; processes stay ours.
    if (this.drivers.kind !== 'process') await this.drivers.close(true);
  }

  /** Lets go of the driver. @param handOver Processes go on: another balancer of this machine takes over. */
  async close(handOver: boolean): Promise<void> {
    await this.pause();
    await this.drivers.close(handOver);
  }

  /** Other settings: copies that run by older ones are replaced, one after the other. */
  reconfigure(settings: FleetSettings, isOtherSource: boolean): void {
    this.settings = settings;
    if (isOtherSource) this.loop = this.loop.then(() => this.use(settings));
    this.wake();
  }

  /** Drains and ends all; resolves when none is left and the driver is closed. */
  retire(): Promise<void> {
    this.target = 0;
    this.wake();
    return new Promise((resolve) => {
      this.retired = resolve;
    });
  }

  /** It is wanted after all. */
  keep(): void {
    this.retired = null;
  }

  /** Copies that nobody sends anything to any more, because another balancer has taken over, are ended. Only while paused. */
  async endAbandoned(): Promise<void> {
    const backends = this.backends();
    const isKept = this.copies.some(({ memory }) => backends.some(({ id }) => id === memory.backend));
    if (!this.isIdle || isKept || this.drivers.kind !== 'process') return;
    await Promise.all(this.copies.map(({ owned }) => this.drivers.stop(owned).catch(() => undefined)));
    this.copies = [];
  }

  /** Ids of the backends that end with this balancer. */
  localBackends(): readonly string[] {
    if (this.drivers.kind !== 'process') return [];
    return this.look().flatMap(({ backend }) => (backend?.isOurs === true ? [backend.id] : []));
  }

  /** Looks at once. */
  wake(): void {
    if (this.isIdle) return;
    if (this.isDirty) return;
    this.isDirty = true;
    this.clearTimer();
    this.loop = this.loop.then(() => this.turn());
  }

  private async use({ source }: FleetSettings): Promise<void> {
    await this.starter.underWay;
    await this.drivers.use(source);
    this.crashes.reset();
    this.starter.reset();
    this.listedAt = null;
    this.troubles.clear('crash', 'start', 'driver');
    this.wake();
  }

  private async turn(): Promise<void> {
    this.isDirty = false;
    if (this.isIdle) return;
    try {
      await this.pass();
    } catch (error) {
      this.troubles.set('driver', `The ${this.drivers.kind} driver: ${messageOf(error)}`);
      this.listedAt = null;
      this.wakeIn(this.away.next());
    }
  }

  private async pass(): Promise<void> {
    const isStarting = this.starter.underWay !== null;
    await this.list();
    const now = Date.now();
    const backends = this.backends();
    const { copies, events } = this.census.look(this.instances, backends, this.settings.startMs, now);
    this.copies = copies;
    this.take(events, now);
    for (const copy of copies) void this.askAtTheDoor(copy);
    const plan = planFleet(copies, this.target ?? copies.filter(counts).length);
    // What is being started may be missing in a list that was asked for before.
    if (!isStarting) this.start(plan.start);
    await this.register(backends, plan);
    for (const copy of copies) this.endWhenEmpty(copy, now);
    this.planNextLook(now);
    this.hasLooked = true;
    const isOver = copies.length === 0 && this.listedAt !== null && this.starter.underWay === null;
    if (this.retired !== null && isOver) await this.finish();
  }

  private async list(): Promise<void> {
    if (this.listedAt !== null && Date.now() - this.listedAt < RESYNC_MS) return;
    // What changes from here on is told, and makes this list an old one.
    this.listedAt = Date.now();
    this.instances = await this.drivers.list();
    this.away.reset();
    this.troubles.clear('driver');
  }

  private take(events: readonly CopyEvent[], now: number): void {
    const failures = events.filter((event) => event.kind === 'failed');
    for (const event of events) {
      if (event.kind === 'ready') this.writeReady(event.copy, now);
      else {
        const { instance, backend } = event;
        this.write({ kind: 'failed', instance, backend, reason: sentence(event.reason) });
      }
    }
    const last = failures.at(-1);
    if (last !== undefined) {
      this.crashes.died(now, Math.max(...failures.map(({ servedMs }) => servedMs)));
      this.listedAt = null;
    }
    for (const { memory } of this.copies) {
      if (memory.readyAt !== null && !memory.hasFailed) this.crashes.serves(memory.readyAt, now);
    }
    if (this.crashes.count === 0) this.troubles.clear('crash');
    else if (last !== undefined && this.crashes.count > 1) this.tellCrashes(last.reason, now);
  }

  private tellCrashes(reason: string, now: number): void {
    const pause = (this.crashes.waitMs(now) / 1_000).toFixed(1);
    this.troubles.set(
      'crash',
      `Copies end soon after their start, ${this.crashes.count} times in a row now, the last one: ${sentence(reason)} The next one is started in ${pause} s.`,
    );
  }

  /** A copy becomes a backend when it takes connections. */
  private async askAtTheDoor({ instance, memory, backend }: Copy): Promise<void> {
    const { url } = instance;
    if (memory.answers || memory.isKnocking || backend !== null || url === null) return;
    if (instance.state !== 'running' || memory.hasFailed || memory.isEnding) return;
    memory.isKnocking = true;
    const isOpen = await this.parts.knock(url);
    memory.isKnocking = false;
    memory.answers ||= isOpen;
    if (isOpen) this.wake();
  }

  private async register(backends: readonly ScaledBackend[], plan: FleetPlan): Promise<void> {
    const { service } = this.parts;
    this.tellConflicts();
    const { changes, note } = wantedChanges(service, this.copies, backends, plan);
    try {
      await this.parts.changes.submit(changes, note);
      this.troubles.clear('registry');
    } catch (error) {
      this.troubles.set('registry', `The registry takes no change: ${messageOf(error)}`);
      return this.wakeIn(this.away.next());
    }
    for (const { backend, memory } of plan.drain) {
      if (backend === null || !backend.isOurs) memory.drains(Date.now(), this.parts.backends.revision);
    }
    if (changes.length > 0 || plan.drain.length > 0) this.wakeIn(0);
  }

  private tellConflicts(): void {
    const others = this.copies.flatMap(({ backend }) => (backend?.isOurs === false ? [backend.url] : []));
    if (others.length === 0) return this.troubles.clear('conflict');
    this.troubles.set(
      'conflict',
      `A backend ${others[0]} is there already, and was not brought by scaling: it is left as it is. Remove it, or give the copies other ports.`,
    );
  }

  private start(count: number): void {
    if (count === 0) return this.troubles.clear('start');
    const now = Date.now();
    const waitMs = Math.max(this.crashes.waitMs(now), this.starter.waitMs(now));
    if (waitMs > 0) this.wakeIn(waitMs);
    else this.starter.start(count);
  }

  private endWhenEmpty(copy: Copy, now: number): void {
    const { memory, inFlight } = copy;
    if (memory.isEnding) return;
    // What has ended by itself is shown until another one is started, or until nobody is left to look.
    if (copy.instance.state === 'failed' && this.retired === null) return;
    if (memory.hasFailed) return this.end(copy, '');
    if (memory.drainingSince === null) return;
    memory.idleSince = inFlight === 0 ? (memory.idleSince ?? now) : null;
    const drainedMs = now - memory.drainingSince;
    const isEmpty = memory.idleSince !== null && now - memory.idleSince >= IDLE_MS;
    if (
      isEmpty &&
      this.parts.backends.isLeftElsewhere(memory.backend, memory.drainRevision, memory.drainingSince)
    )
      return this.end(copy, `Ended: it was empty ${drainedMs} ms after it began to drain.`);
    if (drainedMs >= this.settings.drainMs)
      this.end(
        copy,
        `Ended after ${this.settings.drainMs / 1_000} s of draining, with ${inFlight} in flight.`,
      );
  }

  private end({ owned, memory, instance }: Copy, reason: string): void {
    memory.isEnding = true;
    const gone = () => {
      if (reason !== '')
        this.write({ kind: 'stopped', instance: instance.id, backend: memory.backend, reason });
      this.troubles.clear('stop');
      this.listedAt = null;
      this.wake();
    };
    this.drivers.stop(owned).then(gone, (error: unknown) => {
      memory.isEnding = false;
      this.troubles.set('stop', `A copy cannot be ended: ${messageOf(error)}`);
      this.wakeIn(this.away.next());
    });
  }

  private planNextLook(now: number): void {
    const { startMs } = this.settings;
    let nextMs = RESYNC_MS;
    for (const { memory, isDraining, instance } of this.copies) {
      if (memory.isEnding || memory.hasFailed || instance.state === 'failed') continue;
      if (isDraining || memory.readyAt === null) nextMs = LOOK_MS;
      if (memory.readyAt === null) nextMs = Math.min(nextMs, Math.max(0, memory.since + startMs - now));
    }
    this.wakeIn(nextMs);
  }

  private wakeIn(ms: number): void {
    if (this.isIdle) return;
    const at = Date.now() + ms;
    if (this.timer !== null && at >= this.wakesAt) return;
    this.clearTimer();
    this.wakesAt = at;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.wake();
    }, ms);
  }

  private clearTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private async finish(): Promise<void> {
    this.isIdle = true;
    this.clearTimer();
    await this.drivers.close(true);
    this.retired?.();
    this.retired = null;
  }

  private backends(): readonly ScaledBackend[] {
    return this.parts.backends.of(this.parts.service) ?? [];
  }

  private writeReady({ instance, memory }: Copy, now: number): void {
    const seconds = ((now - instance.startedAt) / 1_000).toFixed(1);
    const reason = memory.isAdopted
      ? 'Was there already, and is adopted.'
      : `Takes requests ${seconds} s after its start.`;
    this.write({ kind: 'started', instance: instance.id, backend: memory.backend, reason });
  }

  private write(entry: {
    readonly kind: 'started' | 'failed' | 'stopped' | 'problem';
    readonly reason: string;
    readonly instance?: string;
    readonly backend?: string | null;
  }): void {
    const current = this.copies.filter(counts).length;
    this.parts.journal.write({ service: this.parts.service, current, desired: this.target, ...entry });
  }
}
