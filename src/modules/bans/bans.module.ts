import { type BeforeApplicationShutdown, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { BlocklistPublisher, PolicyEvents } from '../data-plane/index.js';
import { APPLICATION_LOGGER, type ApplicationLogger, AuditLogRecorder } from '../logging/index.js';
import { RegistryService } from '../registry/index.js';
import { RegistryModule } from '../registry/registry.module.js';
import { BAN_RECEIVER, BanService } from './ban.service.js';
import { OffenceJudge } from './offence.judge.js';

const JUDGE = {
  provide: OffenceJudge,
  inject: [BanService, RegistryService, AuditLogRecorder, APPLICATION_LOGGER],
  useFactory: (
    bans: BanService,
    registry: RegistryService,
    audit: AuditLogRecorder,
    logger: ApplicationLogger,
  ) => new OffenceJudge({ bans, registry, audit, log: logger.child({ component: 'bans' }) }),
};

/**
 * Who is kept out for a time. Needs BAN_STORE and STORE_CONNECTION, which the storage module gives to everybody, the logs,
 * and the border to the data plane.
 */
@Module({
  imports: [RegistryModule],
  providers: [BanService, { provide: BAN_RECEIVER, useExisting: BlocklistPublisher }, JUDGE],
  exports: [BanService],
})
export class BansModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly bans: BanService,
    private readonly judge: OffenceJudge,
    @Inject(PolicyEvents) private readonly events: PolicyEvents,
  ) {}

  onModuleInit(): void {
    this.bans.start();
    this.events.onEvent((event) => {
      if (event.kind === 'offence') this.judge.judge(event);
    });
  }

  /** The store must live until after that. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.bans.stop();
  }
}
