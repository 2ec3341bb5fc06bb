import { Module } from '@nestjs/common';
import { SharedMemory } from '../../common/contract/index.js';
import { BlocklistPublisher, PUBLICATION_SOURCE, type PublicationSource } from '../data-plane/index.js';
import { ACCESS_LOG_STORE, type AccessLogStore } from '../logging/index.js';
import { ExplainService } from './explain.service.js';

/** WHY. Needs, from global modules: SharedMemory, PUBLICATION_SOURCE, BlocklistPublisher and ACCESS_LOG_STORE. */
@Module({
  providers: [
    {
      provide: ExplainService,
      inject: [SharedMemory, PUBLICATION_SOURCE, BlocklistPublisher, ACCESS_LOG_STORE],
      useFactory: (
        memory: SharedMemory,
        publications: PublicationSource,
        blocklist: BlocklistPublisher,
        accessLog: AccessLogStore,
      ) => new ExplainService({ memory, publications, blocklist, accessLog }),
    },
  ],
  exports: [ExplainService],
})
export class ExplainModule {}
