import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { RegistryService } from './registry.service.js';

/** The desired state. Needs REGISTRY_STORE and STORE_CONNECTION, which the storage module gives to everybody. */
@Module({ providers: [RegistryService], exports: [RegistryService] })
export class RegistryModule implements OnApplicationShutdown {
  constructor(private readonly registry: RegistryService) {}

  onApplicationShutdown(): void {
    this.registry.stop();
  }
}
