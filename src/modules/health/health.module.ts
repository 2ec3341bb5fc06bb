import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TerminusModule } from '@nestjs/terminus';
import { BackendStates } from '../../common/contract/index.js';
import { PUBLICATION_SOURCE, type PublicationSource } from '../data-plane/index.js';
import { HEALTH_RECORDER, type HealthRecorder } from './health.recorder.js';
import { HealthService } from './health.service.js';
import { ProbeScheduler } from './probe.scheduler.js';
import { ProbeTicker } from './probe.ticker.js';
import { createProbes } from './probes/index.js';
import { ConfigHealthIndicator } from './readiness/config.indicator.js';
import { ReadinessService } from './readiness/readiness.service.js';
import { StoreHealthIndicator } from './readiness/store.indicator.js';
import { WorkersHealthIndicator } from './readiness/workers.indicator.js';

/**
 * WHO is fit. Needs, from global modules or from the given imports: PUBLICATION_SOURCE, the class BackendStates,
 * HEALTH_RECORDER, STORE_CONNECTION and READINESS_SOURCE.
 */
@Module({
  imports: [ScheduleModule.forRoot(), TerminusModule.forRoot({ logger: false })],
  providers: [
    { provide: ProbeScheduler, useFactory: () => new ProbeScheduler(createProbes()) },
    {
      provide: HealthService,
      inject: [PUBLICATION_SOURCE, BackendStates, ProbeScheduler, HEALTH_RECORDER],
      useFactory: (
        publications: PublicationSource,
        states: BackendStates,
        scheduler: ProbeScheduler,
        recorder: HealthRecorder,
      ) => new HealthService({ publications, states, scheduler, recorder }),
    },
    ProbeTicker,
    ConfigHealthIndicator,
    StoreHealthIndicator,
    WorkersHealthIndicator,
    ReadinessService,
  ],
  exports: [HealthService, ProbeScheduler, ReadinessService],
})
export class HealthModule {
  static register(imports: ModuleMetadata['imports']): DynamicModule {
    return { module: HealthModule, imports };
  }
}
