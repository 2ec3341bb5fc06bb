import { type BeforeApplicationShutdown, Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { VelocityConfig } from '../../common/config/index.js';
import { BackendStates, RecordIdSource } from '../../common/contract/index.js';
import { CoordinationModule } from '../coordination/coordination.module.js';
import { LeaseService, OtherBalancers } from '../coordination/index.js';
import { PUBLICATION_SOURCE, type PublicationSource } from '../data-plane/index.js';
import { APPLICATION_LOGGER, type ApplicationLogger, ScalingLogRecorder } from '../logging/index.js';
import { RegistryService, STORE_CONNECTION, type StoreConnection } from '../registry/index.js';
import { RegistryModule } from '../registry/registry.module.js';
import { DiscoveryService } from './discovery.service.js';
import { LiveBackends } from './live.backends.js';

/**
 * WHERE backends are that nobody typed in. Needs, from global modules: STORE_CONNECTION, PUBLICATION_SOURCE, BackendStates,
 * ScalingLogRecorder and APPLICATION_LOGGER.
 */
@Module({
  imports: [RegistryModule, CoordinationModule],
  providers: [
    {
      provide: DiscoveryService,
      inject: [
        ConfigService,
        RegistryService,
        STORE_CONNECTION,
        LeaseService,
        OtherBalancers,
        PUBLICATION_SOURCE,
        BackendStates,
        ScalingLogRecorder,
        APPLICATION_LOGGER,
      ],
      useFactory: (
        config: ConfigService,
        registry: RegistryService,
        connection: StoreConnection,
        leases: LeaseService,
        others: OtherBalancers,
        publications: PublicationSource,
        states: BackendStates,
        recorder: ScalingLogRecorder,
        logger: ApplicationLogger,
      ) => {
        const ids = new RecordIdSource();
        const { dockerDiscovery, drivers } = config.getOrThrow<VelocityConfig>('velocity');
        const live = new LiveBackends(publications, states);
        return new DiscoveryService({
          docker: dockerDiscovery,
          registry,
          connection,
          requestLease: (settings) => leases.request(settings),
          others,
          inFlight: (backend) => live.inFlight(backend),
          fitness: (backend) => live.fitness(backend),
          makeSource: async (wanted) =>
            (await import('./source.factory.js')).makeSource(wanted, drivers.docker),
          record: (record) => {
            const time = Date.now();
            recorder.record({ ...record, id: ids.next(time), time });
          },
          log: logger.child({ component: 'discovery' }),
        });
      },
    },
  ],
  exports: [DiscoveryService],
})
export class DiscoveryModule implements BeforeApplicationShutdown {
  constructor(private readonly discovery: DiscoveryService) {}

  /** The store must live until after that. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.discovery.stop();
  }
}
