import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { READINESS_SOURCE, type ReadinessSource } from './readiness.source.js';

/** Whether a configuration runs: `down` when none does, `degraded` when a newer one was refused. */
@Injectable()
export class ConfigHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS_SOURCE) private readonly source: ReadinessSource,
  ) {}

  check() {
    const indicator = this.indicators.check('config');
    const generation = this.source.generation();
    const error = this.source.configError();
    if (generation === 0) {
      return indicator.down({ generation, message: error ?? 'no configuration was published yet' });
    }
    return error === null ? indicator.up({ generation }) : indicator.degraded({ generation, message: error });
  }
}
