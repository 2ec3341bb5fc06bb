import { type BeforeApplicationShutdown, Module, type OnModuleInit } from '@nestjs/common';
import { BlocklistPublisher } from '../data-plane/index.js';
import { RegistryModule } from '../registry/registry.module.js';
import { BAN_RECEIVER, BanService } from './ban.service.js';
import { OffenceListener } from './offence.judge.js';

/**
 * Who is kept out for a time. Needs BAN_STORE and STORE_CONNECTION, which the storage module gives to everybody, and the
 * border to the data plane.
 */
@Module({
  imports: [RegistryModule],
  providers: [BanService, OffenceListener, { provide: BAN_RECEIVER, useExisting: BlocklistPublisher }],
  exports: [BanService],
})
export class BansModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(private readonly bans: BanService) {}

  onModuleInit(): void {
    this.bans.start();
  }

  /** The store must live until after that. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.bans.stop();
  }
}
