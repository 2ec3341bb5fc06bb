import { Backoff } from '../../../common/backoff.js';

/** One that has served for so long had nothing wrong with its start: it is replaced at once when it dies. */
const STEADY_MS = 10_000;
const LIMITS = { baseMs: 1_000, maxMs: 60_000 };

/**
 * Copies that end soon after their start, or never come up: the first replacement comes at once, the next ones after pauses
 * that double, up to a minute.
 */
export class CrashLoop {
  private backoff = new Backoff({ ...LIMITS, random: upperHalf });
  private failures = 0;
  private until = 0;
  private lastAt = 0;

  /** @param servedMs How long it took requests; 0: never. */
  died(now: number, servedMs: number): void {
    if (servedMs >= STEADY_MS) this.reset();
    this.lastAt = now;
    // Several that die together are one failure.
    if (this.failures > 0 && now < this.until) return;
    this.failures++;
    if (this.failures > 1) this.until = now + this.backoff.next();
  }

  /** One takes requests since then. One that did so before the last failure says nothing about those that fail. */
  serves(since: number, now: number): void {
    if (since > this.lastAt && now - since >= STEADY_MS) this.reset();
  }

  /** Other settings: what failed before says nothing. */
  reset(): void {
    if (this.failures === 0) return;
    this.failures = 0;
    this.until = 0;
    this.backoff = new Backoff({ ...LIMITS, random: upperHalf });
  }

  /** Milliseconds until another one may be started; 0: now. */
  waitMs(now: number): number {
    return Math.max(0, this.until - now);
  }

  /** How many in a row. */
  get count(): number {
    return this.failures;
  }
}

/** Pauses that people see grow; nobody else comes back at the same time. */
function upperHalf(): number {
  return (1 + Math.random()) / 2;
}
