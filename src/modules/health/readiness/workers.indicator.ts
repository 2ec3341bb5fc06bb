import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { READINESS_SOURCE, type ReadinessSource } from './readiness.source.js';

/** Whether the traffic ports are open: `down` when no worker listens, `degraded` when some do not. */
@Injectable()
export class WorkersHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS_SOURCE) private readonly source: ReadinessSource,
  ) {}

  check() {
    const indicator = this.indicators.check('workers');
    const { configured, listening } = this.source.workers();
    if (listening === 0) return indicator.down({ configured, listening, message: 'no worker listens' });
    if (listening >= configured) return indicator.up({ configured, listening });
    const message = `${configured - listening} of ${configured} workers do not listen`;
    return indicator.degraded({ configured, listening, message });
  }
}
