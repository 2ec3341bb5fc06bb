import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { DriversConfig, VelocityConfig } from '../../common/config/index.js';
import { BackendStates, SharedMemory } from '../../common/contract/index.js';
import { CoordinationModule } from '../coordination/coordination.module.js';
import { LeaseService, OtherBalancers } from '../coordination/index.js';
import { PUBLICATION_SOURCE, type PublicationSource } from '../data-plane/index.js';
import { APPLICATION_LOGGER, type ApplicationLogger, ScalingLogRecorder } from '../logging/index.js';
import { RegistryModule } from '../registry/registry.module.js';
import { RegistryService } from '../registry/index.js';
import { AutoscalingService } from './autoscaling.service.js';

const NO_DRIVERS: DriversConfig = { process: null, docker: null, kubernetes: null, webhook: false };

/**
 * HOW MANY backends a service has. Needs, from global modules: SharedMemory, BackendStates, PUBLICATION_SOURCE,
 * SchedulerRegistry, ScalingLogRecorder and APPLICATION_LOGGER.
 */
@Module({
  imports: [RegistryModule, CoordinationModule],
  providers: [
    {
      provide: AutoscalingService,
      inject: [
        // Absent where only the API is made: no driver can be used then.
        { token: ConfigService, optional: true },
        RegistryService,
        PUBLICATION_SOURCE,
        SharedMemory,
        BackendStates,
        LeaseService,
        OtherBalancers,
        SchedulerRegistry,
        ScalingLogRecorder,
        APPLICATION_LOGGER,
      ],
      useFactory: (
        config: ConfigService | undefined,
        registry: RegistryService,
        publications: PublicationSource,
        memory: SharedMemory,
        states: BackendStates,
        leases: LeaseService,
        others: OtherBalancers,
        scheduler: SchedulerRegistry,
        recorder: ScalingLogRecorder,
        logger: ApplicationLogger,
      ) =>
        new AutoscalingService({
          drivers: config?.get<VelocityConfig>('velocity')?.drivers ?? NO_DRIVERS,
          registry,
          publications,
          memory,
          states,
          leases,
          others,
          scheduler,
          recorder,
          log: logger.child({ component: 'autoscaling' }),
        }),
    },
  ],
  exports: [AutoscalingService],
})
export class AutoscalingModule {}
