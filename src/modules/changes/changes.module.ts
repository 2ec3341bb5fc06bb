import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { BackendStates, SharedMemory } from '../../common/contract/index.js';
import { BlocklistPublisher, PUBLICATION_SOURCE, type PublicationSource } from '../data-plane/index.js';
import {
  ACCESS_LOG_STORE,
  type AccessLogStore,
  HEALTH_LOG_STORE,
  type HealthLogStore,
} from '../logging/index.js';
import { RegistryService } from '../registry/index.js';
import { RegistryModule } from '../registry/registry.module.js';
import { GuardKeeper } from './guard/guard.keeper.js';
import { Planner } from './plan/planner.js';

/**
 * Changes made with confidence: what one would do, and taking it back when it does harm. Needs, from global modules:
 * SharedMemory, BackendStates, BlocklistPublisher, PUBLICATION_SOURCE, ACCESS_LOG_STORE and HEALTH_LOG_STORE.
 */
@Module({
  imports: [RegistryModule],
  providers: [
    {
      provide: Planner,
      inject: [
        RegistryService,
        PUBLICATION_SOURCE,
        BackendStates,
        BlocklistPublisher,
        ACCESS_LOG_STORE,
        HEALTH_LOG_STORE,
      ],
      useFactory: (
        registry: RegistryService,
        publications: PublicationSource,
        states: BackendStates,
        blocklist: BlocklistPublisher,
        accessLog: AccessLogStore,
        healthLog: HealthLogStore,
      ) => new Planner({ registry, publications, states, blocklist, accessLog, healthLog }),
    },
    {
      provide: GuardKeeper,
      inject: [RegistryService, PUBLICATION_SOURCE, SharedMemory],
      useFactory: (registry: RegistryService, publications: PublicationSource, memory: SharedMemory) =>
        new GuardKeeper({ registry, publications, memory }),
    },
  ],
  exports: [Planner, GuardKeeper],
})
export class ChangesModule implements OnApplicationShutdown {
  constructor(private readonly guards: GuardKeeper) {}

  onApplicationShutdown(): void {
    this.guards.stop();
  }
}
