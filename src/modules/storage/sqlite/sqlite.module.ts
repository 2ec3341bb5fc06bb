import { type DynamicModule, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { REGISTRY_STORE, STORE_CONNECTION } from '../../registry/index.js';
import { TOKEN_STORE } from '../../access/index.js';
import { BAN_STORE } from '../../bans/index.js';
import { LEASE_STORE, ROSTER_STORE } from '../../coordination/index.js';
import { AUDIT_LOG_STORE, HEALTH_LOG_STORE, SCALING_LOG_STORE } from '../../logging/index.js';
import type { StoreRetention } from '../retention.js';
import { RetentionSweeper } from './retention.sweeper.js';
import { SqliteBanStore } from './sqlite-ban.store.js';
import { SqliteLeaseStore } from './sqlite-lease.store.js';
import { SqliteAuditLogStore, SqliteHealthLogStore, SqliteScalingLogStore } from './sqlite-log.stores.js';
import { SqliteConnection } from './sqlite.connection.js';
import { REGISTRY_FILE } from './sqlite.file.js';
import { SqliteRegistryStore } from './sqlite-registry.store.js';
import { SqliteRosterStore } from './sqlite-roster.store.js';
import { SqliteTokenStore } from './sqlite-token.store.js';

/** The ports on the SQLite file of the registry; the access log has one of its own, see sqlite-access-log.storage.ts. */
@Module({})
export class SqliteModule implements OnApplicationShutdown {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly sweeper: RetentionSweeper,
  ) {
    sweeper.start();
  }

  async onApplicationShutdown(): Promise<void> {
    // Closing ends a sweep that runs after its present step: millions of old rows must not hold up the end.
    const swept = this.sweeper.stop();
    await this.connection.close();
    await swept;
  }

  static forRoot(path: string, retention: StoreRetention): DynamicModule {
    const logger = new Logger('RetentionSweeper');
    return {
      module: SqliteModule,
      providers: [
        { provide: SqliteConnection, useFactory: () => new SqliteConnection(path, REGISTRY_FILE) },
        { provide: STORE_CONNECTION, useExisting: SqliteConnection },
        {
          provide: REGISTRY_STORE,
          useFactory: (connection: SqliteConnection) => new SqliteRegistryStore(connection, retention),
          inject: [SqliteConnection],
        },
        onConnection(HEALTH_LOG_STORE, SqliteHealthLogStore),
        onConnection(AUDIT_LOG_STORE, SqliteAuditLogStore),
        onConnection(SCALING_LOG_STORE, SqliteScalingLogStore),
        onConnection(TOKEN_STORE, SqliteTokenStore),
        onConnection(BAN_STORE, SqliteBanStore),
        onConnection(LEASE_STORE, SqliteLeaseStore),
        onConnection(ROSTER_STORE, SqliteRosterStore),
        {
          provide: RetentionSweeper,
          useFactory: (
            healthLog: SqliteHealthLogStore,
            auditLog: SqliteAuditLogStore,
            scalingLog: SqliteScalingLogStore,
          ) =>
            new RetentionSweeper({ healthLog, auditLog, scalingLog }, retention, (error) =>
              logger.error(error),
            ),
          inject: [HEALTH_LOG_STORE, AUDIT_LOG_STORE, SCALING_LOG_STORE],
        },
      ],
      exports: [
        STORE_CONNECTION,
        REGISTRY_STORE,
        HEALTH_LOG_STORE,
        AUDIT_LOG_STORE,
        SCALING_LOG_STORE,
        TOKEN_STORE,
        BAN_STORE,
        LEASE_STORE,
        ROSTER_STORE,
      ],
    };
  }
}

function onConnection<T>(provide: symbol, store: new (connection: SqliteConnection) => T) {
  return {
    provide,
    useFactory: (connection: SqliteConnection) => new store(connection),
    inject: [SqliteConnection],
  };
}
