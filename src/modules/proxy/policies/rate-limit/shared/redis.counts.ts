import {
  monotonicMs,
  type PolicyEvent,
  type RedisSettings,
  SharedLimitCell,
  SharedLimitState,
} from '../../../../../common/contract/index.js';
import type { LimitRule } from '../limit.rule.js';
import { RedisSession } from './redis.session.js';
import type { SharedCounts, SharedVerdict } from './shared-counts.js';

/** Between two tries to connect: doubling, with jitter. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** A connection that lasted this long was no flicker: after it the pauses begin anew. */
const STEADY_MS = 10_000;

export interface RedisCountsParts {
  readonly settings: RedisSettings;
  /** The worker's own cells, see {@link SharedLimitCell}. */
  readonly cells: Float64Array;
  readonly tellEvent: (event: PolicyEvent) => void;
}

/**
 * Counts in Redis while it answers. When it does not, nobody asks it until a new connection has answered in time: so at
 * most those wait who had asked already, for as long as the timeout.
 */
export class RedisCounts implements SharedCounts {
  private session: RedisSession | null = null;
  private isNeeded = false;
  private upSinceMs = 0;
  private pauseMs = FIRST_PAUSE_MS;
  private timer: NodeJS.Timeout | null = null;
  /** Grows with each try to connect: what an older one brings is thrown away. */
  private attempt = 0;
  private state: SharedLimitState = SharedLimitState.idle;

  constructor(private readonly parts: RedisCountsParts) {
    parts.cells[SharedLimitCell.state] = SharedLimitState.idle;
  }

  get isReady(): boolean {
    return this.session !== null;
  }

  use(isNeeded: boolean): void {
    if (isNeeded === this.isNeeded) return;
    this.isNeeded = isNeeded;
    if (isNeeded) void this.connect();
    else this.leave(SharedLimitState.idle, 'no rule is shared any more');
  }

  take(rule: LimitRule, name: string): Promise<SharedVerdict> {
    const { session } = this;
    if (session === null) return Promise.reject(new Error('Redis is away'));
    return session.take(rule, name).catch((error: unknown) => {
      if (session === this.session) this.lost(textOf(error));
      throw error;
    });
  }

  giveBack(rule: LimitRule, name: string): void {
    this.session?.giveBack(rule, name);
  }

  wasLate(): void {
    if (this.session !== null) this.lost(`no answer within ${this.parts.settings.timeoutMs} ms`);
  }

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    try {
      const session = await RedisSession.open(this.parts.settings);
      if (attempt === this.attempt) this.gained(session);
      else session.close();
    } catch (error) {
      if (attempt === this.attempt) this.lost(textOf(error));
    }
  }

  private gained(session: RedisSession): void {
    session.unref();
    this.session = session;
    this.upSinceMs = monotonicMs();
    this.become(SharedLimitState.up, '');
    session.onLost(() => {
      if (session === this.session) this.lost('the connection was closed');
    });
  }

  private lost(reason: string): void {
    const wasSteady = this.session !== null && monotonicMs() - this.upSinceMs > STEADY_MS;
    if (wasSteady) this.pauseMs = FIRST_PAUSE_MS;
    const delayMs = this.pauseMs * (0.5 + Math.random() / 2);
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.pauseMs);
    this.leave(SharedLimitState.away, reason);
    this.timer = setTimeout(() => void this.connect(), delayMs).unref();
  }

  private leave(state: SharedLimitState, reason: string): void {
    const { session } = this;
    this.attempt++;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    // First: what fails by the closing must not be taken for another loss.
    this.session = null;
    session?.close();
    this.become(state, reason);
  }

  private become(state: SharedLimitState, reason: string): void {
    if (state === this.state) return;
    this.state = state;
    this.parts.cells[SharedLimitCell.state] = state;
    this.parts.tellEvent({ kind: 'shared-limits', state, reason });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
