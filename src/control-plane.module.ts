import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import type { VelocityConfig } from './common/config/index.js';
import { logStoreSettings, retentionOf } from './control-plane/log-store.settings.js';
import type { RunningState } from './control-plane/running.state.js';
import { SourcesModule } from './control-plane/sources.module.js';
import { AccessModule } from './modules/access/access.module.js';
import { AdminModule } from './modules/admin/admin.module.js';
import type { AccessToken } from './modules/admin/index.js';
import { AutoscalingModule } from './modules/autoscaling/autoscaling.module.js';
import { BansModule } from './modules/bans/bans.module.js';
import { ChangesModule } from './modules/changes/changes.module.js';
import { CoordinationModule } from './modules/coordination/coordination.module.js';
import { DataPlaneModule } from './modules/data-plane/data-plane.module.js';
import type { OwnedAddress } from './modules/data-plane/index.js';
import { DiscoveryModule } from './modules/discovery/discovery.module.js';
import { type ApplicationLogger, LogStoreThread } from './modules/logging/index.js';
import { LoggingModule } from './modules/logging/logging.module.js';
import { ExplainModule } from './modules/explain/explain.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { MetricsModule } from './modules/metrics/metrics.module.js';
import { OutagesModule } from './modules/outages/outages.module.js';
import { RegistryModule } from './modules/registry/registry.module.js';
import { StorageModule } from './modules/storage/storage.module.js';

export interface ControlPlaneOptions {
  readonly config: VelocityConfig;
  readonly logger: ApplicationLogger;
  readonly token: AccessToken;
  readonly running: RunningState;
  /** The module that a worker runs. */
  readonly workerEntry: URL;
  /** The module that the thread of the access log runs. */
  readonly logStoreEntry: URL;
  /** Addresses that another process hands over; default: they must be free. */
  readonly inherited?: readonly OwnedAddress[] | null;
}

/** What the main thread is made of. */
@Module({})
export class ControlPlaneModule {
  static forRoot({
    config,
    logger,
    token,
    running,
    workerEntry,
    logStoreEntry,
    inherited = null,
  }: ControlPlaneOptions): DynamicModule {
    const retention = retentionOf(config);
    const init = { ...logStoreSettings(config), retention };
    const log = logger.child({ component: 'access-log' });
    const accessLog = new LogStoreThread({ entry: logStoreEntry, init, log });
    return {
      module: ControlPlaneModule,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          cache: true,
          ignoreEnvFile: true,
          load: [() => ({ velocity: config })],
        }),
        LoggingModule.forRoot({ config, logger, accessLog }),
        StorageModule.forRoot(config.storage, retention),
        DataPlaneModule.forRoot(workerEntry, inherited),
        SourcesModule.forRoot(running, config.accessLog.spool.maxBytes),
        AdminModule.register({
          admin: config.admin,
          token,
          imports: [
            AccessModule,
            AutoscalingModule,
            BansModule,
            RegistryModule,
            ChangesModule,
            CoordinationModule,
            DiscoveryModule,
            HealthModule,
            OutagesModule,
            ExplainModule,
            MetricsModule.forRoot(),
          ],
        }),
      ],
    };
  }
}
