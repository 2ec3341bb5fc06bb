import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { STORE_CONNECTION, type StoreConnection } from '../../registry/index.js';

/** A store that takes longer is as good as away; readiness must answer before an orchestrator's own deadline. */
const PING_DEADLINE_MS = 1_000;

/** Whether the store answers now: a real round trip, shared by checks that ask at the same time. */
@Injectable()
export class StoreHealthIndicator {
  private running: Promise<string | null> | null = null;

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(STORE_CONNECTION) private readonly store: StoreConnection,
  ) {}

  /** `degraded` when it is away, never `down`: traffic does not need it. */
  async check() {
    const indicator = this.indicators.check('store');
    const { driver } = this.store;
    const startedAt = performance.now();
    this.running ??= this.ping();
    const failure = await this.running;
    const responseTimeMs = Math.round(performance.now() - startedAt);
    if (failure === null) return indicator.up({ driver, responseTimeMs });
    const { state, since } = this.store.status();
    return indicator.degraded({ driver, state, since: new Date(since).toISOString(), message: failure });
  }

  /** null, or why it failed. */
  private async ping(): Promise<string | null> {
    try {
      await this.store.ping(PING_DEADLINE_MS);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.running = null;
    }
  }
}
