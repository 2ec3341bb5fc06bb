import { type BeforeApplicationShutdown, Module, type OnModuleInit } from '@nestjs/common';
import { TokenService } from './token.service.js';

/** Who may do what. Needs TOKEN_STORE and STORE_CONNECTION, which the storage module gives to everybody. */
@Module({ providers: [TokenService], exports: [TokenService] })
export class AccessModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(private readonly tokens: TokenService) {}

  onModuleInit(): void {
    this.tokens.start();
  }

  /** The store must live until after that. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.tokens.stop();
  }
}
