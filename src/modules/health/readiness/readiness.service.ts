import { Injectable } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { ConfigHealthIndicator } from './config.indicator.js';
import { StoreHealthIndicator } from './store.indicator.js';
import { WorkersHealthIndicator } from './workers.indicator.js';

/** Whether this balancer should be sent traffic. */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly workers: WorkersHealthIndicator,
    private readonly config: ConfigHealthIndicator,
    private readonly store: StoreHealthIndicator,
  ) {}

  /**
   * `ok`, or `degraded` with what is impaired; both are ready (HTTP 200). Throws ServiceUnavailableException (503) with
   * the same body when nothing can be served or when the process is shutting down.
   */
  check(): Promise<HealthCheckResult> {
    return this.checks.check([
      () => this.workers.check(),
      () => this.config.check(),
      () => this.store.check(),
    ]);
  }
}
