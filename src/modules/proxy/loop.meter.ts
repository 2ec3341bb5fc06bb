import { performance } from 'node:perf_hooks';
import { LoopCell, latencyBucket, monotonicMs, type TrafficCells } from '../../common/contract/index.js';

/** Ten wake-ups a second: cheap where nothing else happens, and a stall of a tenth of a second is not missed. */
const SAMPLE_MS = 100;

/**
 * Measures how late the event loop of this thread comes to a timer, and how much of its time it works, into the shared
 * memory. Both are sums that go on over threads: a replaced worker goes on where the one before ended.
 */
export class LoopMeter {
  private timer: NodeJS.Timeout | null = null;
  private dueMs = 0;
  private activeMs = 0;
  private idleMs = 0;

  constructor(
    private readonly cells: TrafficCells,
    private readonly nowMs: () => number = monotonicMs,
  ) {}

  /** Samples from now on; keeps no thread alive. */
  start(): void {
    this.dueMs = this.nowMs() + SAMPLE_MS;
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** The timer has come. */
  sample(): void {
    const nowMs = this.nowMs();
    const lateUs = Math.max(0, Math.round((nowMs - this.dueMs) * 1_000));
    // A repeating timer is armed again when it has run.
    this.dueMs = nowMs + SAMPLE_MS;
    const { loop, loopDelays } = this.cells;
    loopDelays[latencyBucket(lateUs)]! += 1;
    loop[LoopCell.delayUs]! += lateUs;
    const { active, idle } = performance.eventLoopUtilization();
    loop[LoopCell.activeUs]! += (active - this.activeMs) * 1_000;
    loop[LoopCell.idleUs]! += (idle - this.idleMs) * 1_000;
    this.activeMs = active;
    this.idleMs = idle;
  }
}
