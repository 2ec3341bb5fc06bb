import { type BeforeApplicationShutdown, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { SharedMemory } from '../../common/contract/index.js';
import { PolicyEvents, PUBLICATION_SOURCE, type PublicationSource } from '../data-plane/index.js';
import { HEALTH_RECORDER, type HealthRecorder } from '../health/index.js';
import { APPLICATION_LOGGER, type ApplicationLogger } from '../logging/index.js';
import { OutageKeeper } from './outage.keeper.js';

/** With 10,000 backends a look was measured far below a millisecond. */
const TICK_MS = 1_000;

/** Lets the keeper look while the application runs. */
@Injectable()
class OutageTicker implements OnModuleInit, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly keeper: OutageKeeper) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.keeper.tick(), TICK_MS).unref();
  }

  beforeApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }
}

/**
 * WHO is given a rest by how live traffic goes. Needs, from global modules: SharedMemory, PUBLICATION_SOURCE, PolicyEvents,
 * HEALTH_RECORDER and APPLICATION_LOGGER.
 */
@Module({
  providers: [
    {
      provide: OutageKeeper,
      inject: [SharedMemory, PUBLICATION_SOURCE, PolicyEvents, HEALTH_RECORDER, APPLICATION_LOGGER],
      useFactory: (
        memory: SharedMemory,
        publications: PublicationSource,
        events: PolicyEvents,
        recorder: HealthRecorder,
        logger: ApplicationLogger,
      ) =>
        new OutageKeeper({
          memory,
          publications,
          events,
          recorder,
          log: logger.child({ component: 'outages' }),
        }),
    },
    OutageTicker,
  ],
  exports: [OutageKeeper],
})
export class OutagesModule {}
