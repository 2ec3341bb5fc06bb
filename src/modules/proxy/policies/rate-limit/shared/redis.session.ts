import type { Redis } from 'ioredis';
import type { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisSettings } from '../../../../../common/contract/index.js';
import type { LimitRule } from '../limit.rule.js';
import { GCRA_SCRIPT } from './gcra.script.js';
import type { SharedVerdict } from './shared-counts.js';

/** For a connection, its log-in and the first answer. */
const OPEN_MS = 2_000;
/** Makes the library run the script: only with whole seconds it does, and the script itself expires keys. */
const BY_SCRIPT = { customDuration: 1 };
/** A key that stands for nothing: Redis must let us run the script and write. */
const TRIAL_NAME = 'trial';
const TRIAL = { points: 1_000, duration: 1 };

type Limiters = typeof RateLimiterRedis;

/** Whether a Redis does what is needed of it; else why not. Empty: it does. */
export async function inspectRedis(settings: RedisSettings): Promise<string> {
  try {
    (await RedisSession.open(settings)).close();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** One connection to Redis, from when it has answered to when it is lost. */
export class RedisSession {
  private readonly limiters = new WeakMap<LimitRule, RateLimiterRedis>();

  private constructor(
    private readonly client: Redis,
    private readonly limiterClass: Limiters,
    private readonly prefix: string,
  ) {}

  /**
   * Connects, and counts an exchange of nobody to see whether Redis does what is needed. Rejects with why it cannot.
   * The libraries are loaded here: without a shared rule nobody pays for them.
   */
  static async open(settings: RedisSettings): Promise<RedisSession> {
    const [{ Redis: Client }, { RateLimiterRedis: Limiter }] = await Promise.all([
      import('ioredis'),
      import('rate-limiter-flexible'),
    ]);
    const client = new Client(settings.url, {
      lazyConnect: true,
      protocol: 2,
      connectTimeout: OPEN_MS,
      connectionName: 'velocity',
      disableClientInfo: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: null,
      // Who connects again, and when, is decided by the owner of this session.
      retryStrategy: () => null,
    });
    // Why a connection cannot be made is only told here: whoever waits for it learns that it is closed.
    let reason: Error | null = null;
    client.on('error', (error) => (reason = error));
    const session = new RedisSession(client, Limiter, settings.prefix);
    const timer = setTimeout(() => client.disconnect(), OPEN_MS).unref();
    try {
      await session.connect(settings.timeoutMs);
      return session;
    } catch (error) {
      client.disconnect();
      throw reason ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** From now on it does not keep a thread alive that has nothing else to do. */
  unref(): void {
    this.client.stream.unref();
  }

  /** @param listener Is told once that the connection is lost. */
  onLost(listener: () => void): void {
    if (this.client.status === 'ready') this.client.once('close', listener);
    else listener();
  }

  async take(rule: LimitRule, name: string): Promise<SharedVerdict> {
    try {
      const { msBeforeNext } = await this.limiterOf(rule).consume(name, 1, BY_SCRIPT);
      return { waitMs: 0, aheadMs: Number(msBeforeNext) };
    } catch (answer) {
      if (answer instanceof Error) throw answer;
      const waitMs = Number((answer as RateLimiterRes).msBeforeNext);
      return { waitMs, aheadMs: waitMs + (rule.settings.burst - 1) * rule.intervalMs };
    }
  }

  giveBack(rule: LimitRule, name: string): void {
    // What cannot be given back is forgotten in time.
    this.limiterOf(rule)
      .reward(name, 1, BY_SCRIPT)
      .catch(() => undefined);
  }

  /** What has not been answered fails. */
  close(): void {
    this.client.disconnect();
  }

  private async connect(timeoutMs: number): Promise<void> {
    await this.client.connect();
    const trial = this.limiter(TRIAL);
    // The first one brings the script along.
    await trial.consume(TRIAL_NAME, 1, BY_SCRIPT);
    const startedMs = performance.now();
    await trial.consume(TRIAL_NAME, 1, BY_SCRIPT);
    const tookMs = performance.now() - startedMs;
    if (tookMs > timeoutMs) throw new Error(`an answer took ${Math.round(tookMs)} ms`);
  }

  private limiterOf(rule: LimitRule): RateLimiterRedis {
    let limiter = this.limiters.get(rule);
    if (limiter === undefined) {
      const { burst } = rule.settings;
      limiter = this.limiter({ points: burst, duration: (burst * rule.intervalMs) / 1_000 });
      this.limiters.set(rule, limiter);
    }
    return limiter;
  }

  private limiter(size: { readonly points: number; readonly duration: number }): RateLimiterRedis {
    return new this.limiterClass({
      ...size,
      storeClient: this.client,
      keyPrefix: `${this.prefix}:limits`,
      rejectIfRedisNotReady: true,
      customIncrTtlLuaScript: GCRA_SCRIPT,
    });
  }
}
