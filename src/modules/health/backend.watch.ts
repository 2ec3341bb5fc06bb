import type { Due } from './due.queue.js';
import type { HealthJudge } from './health.judge.js';
import type { ProbeResult, ProbeSubject } from './probes/index.js';
import { phaseOf } from './probe.phase.js';
import type { PlannedWatch, WatchedBackend } from './watch.plan.js';

export interface LastProbe {
  /** Unix milliseconds of its end. */
  readonly time: number;
  readonly result: ProbeResult;
}

/** One backend under watch: its schedule, its verdict so far. Ends for good with {@link BackendWatch.end}. */
export class BackendWatch implements Due {
  dueMs = 0;
  position = -1;
  /** Point of the backend's own time grid that its next (or running) probe belongs to, without jitter. */
  gridMs = 0;
  lastProbe: LastProbe | null = null;
  /** Place in the interval, 0 to 1. */
  readonly phase: number;
  private readonly controller = new AbortController();

  readonly backend: WatchedBackend;
  readonly subject: ProbeSubject;
  readonly subjectFingerprint: string;

  constructor(
    { backend, subject, subjectFingerprint }: PlannedWatch,
    readonly judge: HealthJudge,
    /** Unix milliseconds since when the health is what it is. */
    public since: number,
  ) {
    this.backend = backend;
    this.subject = subject;
    this.subjectFingerprint = subjectFingerprint;
    this.phase = phaseOf(backend.id);
  }

  get isProbed(): boolean {
    return this.subject.health.type !== 'none';
  }

  get isEnded(): boolean {
    return this.controller.signal.aborted;
  }

  /** Aborted when the watch ends: a running probe closes its connection. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether the last probe did not pass: such backends may hold a probe until its timeout. */
  get isSuspect(): boolean {
    return this.lastProbe !== null && this.lastProbe.result.outcome !== 'passed';
  }

  end(): void {
    this.controller.abort();
  }
}
