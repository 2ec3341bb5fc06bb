import type { BackendWatch } from './backend.watch.js';
import { DueQueue } from './due.queue.js';
import { type ProbeClock, SYSTEM_CLOCK } from './probe.clock.js';
import type { ProbeResult, ProbeSet } from './probes/index.js';

/** Gets the result of each probe of a watch that has not ended meanwhile. Must not throw. */
export interface ProbeResultSink {
  settle(watch: BackendWatch, result: ProbeResult): void;
}

export interface ProbeLimits {
  /** Probes that run at once. */
  readonly running: number;
  /**
   * Of these, probes of backends whose last probe did not pass. When thousands of backends hang until their timeout,
   * the fit and the new ones still find room and keep their interval.
   */
  readonly suspects: number;
  /**
   * Probes started before the event loop gets its turn again. An HTTP probe was measured at 0.14 ms of the main thread,
   * from start to verdict.
   */
  readonly startsPerTurn: number;
}

export const PROBE_LIMITS: ProbeLimits = { running: 512, suspects: 384, startsPerTurn: 16 };

export interface ProbeLoad {
  /** Backends that are probed. */
  readonly watched: number;
  readonly running: number;
  /** How late the most overdue probe is, milliseconds; 0: none is. */
  readonly lateMs: number;
}

/** Each probe is up to this share of the interval early or late, so that several balancers do not march in step. */
const JITTER = 0.1;
/** After the first probe, the second one comes at the backend's next grid point, but not sooner than this share. */
const MIN_FIRST_GAP = 0.25;

/**
 * WHEN backends are probed: at once when their watch begins, then once per interval at the backend's own phase with
 * jitter, never two at a time of one backend, never more than the limits at once. A probe that outlasts its interval
 * skips what it missed. {@link ProbeScheduler.tick} must be called every few milliseconds.
 */
export class ProbeScheduler {
  private readonly fit = new DueQueue<BackendWatch>();
  private readonly suspects = new DueQueue<BackendWatch>();
  private sink: ProbeResultSink | null = null;
  private readonly running = new Set<BackendWatch>();
  private runningSuspects = 0;
  private continuation: NodeJS.Immediate | undefined;
  private isStopped = false;

  constructor(
    private readonly probes: ProbeSet,
    private readonly clock: ProbeClock = SYSTEM_CLOCK,
    private readonly limits: ProbeLimits = PROBE_LIMITS,
  ) {}

  deliverTo(sink: ProbeResultSink): void {
    this.sink = sink;
  }

  /** Queues the first probe; the next tick, or {@link startDue}, starts it. `dueMs` is its place: earlier ones go first. */
  add(watch: BackendWatch, dueMs = this.clock.now()): void {
    const { intervalMs } = watch.subject.health;
    const now = this.clock.now();
    const phaseMs = watch.phase * intervalMs;
    watch.gridMs = phaseMs + Math.floor((now - phaseMs) / intervalMs + MIN_FIRST_GAP) * intervalMs;
    watch.dueMs = dueMs;
    this.queueOf(watch).add(watch);
  }

  /** Ends a watch; a probe of it that runs closes its connection, and its result is dropped. */
  remove(watch: BackendWatch): void {
    this.fit.remove(watch);
    this.suspects.remove(watch);
    watch.end();
  }

  tick(): void {
    this.startDue();
  }

  /** For good: running probes close their connections. */
  stop(): void {
    this.isStopped = true;
    for (const watch of this.running) watch.end();
    clearImmediate(this.continuation);
  }

  load(): ProbeLoad {
    const earliest = Math.min(this.fit.peek()?.dueMs ?? Infinity, this.suspects.peek()?.dueMs ?? Infinity);
    return {
      watched: this.fit.size + this.suspects.size + this.running.size,
      running: this.running.size,
      lateMs: Math.max(0, this.clock.now() - Math.min(earliest, this.clock.now())),
    };
  }

  /** Starts what is due as far as the limits allow, some now and the rest in the next turns of the event loop. */
  startDue(): void {
    if (this.isStopped || this.continuation) return;
    const now = this.clock.now();
    for (let started = 0; started < this.limits.startsPerTurn; started++) {
      const watch = this.takeStartable(now);
      if (!watch) return;
      void this.run(watch);
    }
    this.continuation = setImmediate(() => {
      this.continuation = undefined;
      this.startDue();
    });
  }

  private takeStartable(now: number): BackendWatch | undefined {
    if (this.running.size >= this.limits.running) return undefined;
    const fit = dueAt(this.fit, now);
    const suspect = this.runningSuspects < this.limits.suspects ? dueAt(this.suspects, now) : undefined;
    if (fit && (!suspect || fit.dueMs <= suspect.dueMs)) return this.fit.take();
    return suspect && this.suspects.take();
  }

  private async run(watch: BackendWatch): Promise<void> {
    const { type } = watch.subject.health;
    if (type === 'none') throw new Error(`${watch.backend.url} needs no probe`);
    const { isSuspect } = watch;
    this.running.add(watch);
    if (isSuspect) this.runningSuspects++;
    const result = await this.probes[type].run(watch.subject, watch.signal);
    this.running.delete(watch);
    if (isSuspect) this.runningSuspects--;
    if (!watch.isEnded) this.finish(watch, result);
    this.startDue();
  }

  private finish(watch: BackendWatch, result: ProbeResult): void {
    watch.lastProbe = { time: this.clock.unixMs(), result };
    this.planNext(watch);
    this.sink?.settle(watch, result);
  }

  private planNext(watch: BackendWatch): void {
    const { intervalMs } = watch.subject.health;
    const now = this.clock.now();
    const missed = Math.max(0, Math.floor((now - watch.gridMs) / intervalMs - JITTER));
    watch.gridMs += (missed + 1) * intervalMs;
    watch.dueMs = watch.gridMs + (this.clock.random() * 2 - 1) * JITTER * intervalMs;
    this.queueOf(watch).add(watch);
  }

  private queueOf(watch: BackendWatch): DueQueue<BackendWatch> {
    return watch.isSuspect ? this.suspects : this.fit;
  }
}

function dueAt(queue: DueQueue<BackendWatch>, now: number): BackendWatch | undefined {
  const first = queue.peek();
  return first && first.dueMs <= now ? first : undefined;
}
