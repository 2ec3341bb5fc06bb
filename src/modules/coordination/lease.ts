import type { LeaseAnswer, LeaseStore } from './lease-store.js';

/** How long a lease outlives a holder that was killed. */
export const DEFAULT_TTL_MS = 10_000;
/** Asked for again after this share of the time to live. */
const RENEW_SHARE = 1 / 4;
/** The holder gives up after this share: clocks may run at slightly different speeds, and work needs a moment to stop. */
const TRUST_SHARE = 4 / 5;
/** Behind the end that the store foretold: asking at that very moment would be just too early. */
const AFTER_END_MS = 5;

export interface LeaseSettings {
  readonly name: string;
  /** Id of this balancer. */
  readonly holder: string;
  /** Milliseconds. Default 10,000. */
  readonly ttlMs?: number;
  /** We hold it from now on. Must not throw, and neither must `onLost`. What is changed under the lease carries the term, so that a latecomer can be refused. */
  readonly onAcquired?: (term: number) => void;
  /** We hold it no longer: what it allowed must stop at once. */
  readonly onLost?: () => void;
}

interface Holding {
  readonly term: number;
  /** Milliseconds of the monotonic clock. */
  readonly until: number;
}

/**
 * A right that at most one balancer has at a time. Asks for it in the background, renews it while it is held, and gives
 * it up by itself before the store would give it to another. Own time is taken from the monotonic clock and counted from
 * before the request was sent, so neither a stepped clock nor a slow store makes a holder believe too long.
 */
export class Lease {
  private readonly ttlMs: number;
  private holding: Holding | null = null;
  private timer: NodeJS.Timeout | null = null;
  private expiry: NodeJS.Timeout | null = null;
  private asking: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly store: LeaseStore,
    private readonly settings: LeaseSettings,
  ) {
    this.ttlMs = settings.ttlMs ?? DEFAULT_TTL_MS;
  }

  get name(): string {
    return this.settings.name;
  }

  /** null: not held. Right also when this thread was stopped for a while and `onLost` has not been called yet. */
  get term(): number | null {
    const { holding } = this;
    return holding !== null && performance.now() < holding.until ? holding.term : null;
  }

  start(): void {
    this.askIn(0);
  }

  /** Gives the lease back, so that another may have it at once. A store that is away lets it run out. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.asking;
    const { holding } = this;
    if (holding === null) return;
    this.lose();
    const { name, holder } = this.settings;
    // Whatever fails here, the lease ends by itself.
    await this.store.release({ name, holder, term: holding.term }).catch(() => undefined);
  }

  private askIn(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.asking = this.ask();
    }, delayMs).unref();
  }

  private async ask(): Promise<void> {
    const { name, holder } = this.settings;
    const sentAt = performance.now();
    try {
      const answer = await this.store.acquire({ name, holder, ttlMs: this.ttlMs });
      this.take(answer, sentAt);
      this.askIn(this.pauseAfter(answer));
    } catch {
      // The store is away, which its connection reports. What is held ends by its own timer.
      this.askIn(this.ttlMs * RENEW_SHARE);
    }
  }

  private take({ isHeld, term }: LeaseAnswer, sentAt: number): void {
    const until = sentAt + this.ttlMs * TRUST_SHARE;
    const isNews = this.holding?.term !== term;
    if (!isHeld || isNews) this.lose();
    // An answer that took too long says nothing about now.
    if (!isHeld || performance.now() >= until) return;
    this.holding = { term, until };
    if (this.expiry !== null) clearTimeout(this.expiry);
    this.expiry = setTimeout(() => this.lose(), until - performance.now()).unref();
    if (isNews) this.settings.onAcquired?.(term);
  }

  private pauseAfter({ isHeld, remainingMs }: LeaseAnswer): number {
    const regular = this.ttlMs * RENEW_SHARE;
    return isHeld ? regular : Math.min(regular, remainingMs + AFTER_END_MS);
  }

  private lose(): void {
    if (this.expiry !== null) clearTimeout(this.expiry);
    this.expiry = null;
    if (this.holding === null) return;
    this.holding = null;
    this.settings.onLost?.();
  }
}
