import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { MongooseModule, getConnectionToken } from '@nestjs/mongoose';
import mongoose, { type Connection } from 'mongoose';
import { TOKEN_STORE } from '../../access/index.js';
import { BAN_STORE } from '../../bans/index.js';
import { LEASE_STORE, ROSTER_STORE } from '../../coordination/index.js';
import { AUDIT_LOG_STORE, HEALTH_LOG_STORE, SCALING_LOG_STORE } from '../../logging/index.js';
import { REGISTRY_STORE, STORE_CONNECTION } from '../../registry/index.js';
import { MODEL_NAMES, MODEL_SCHEMAS } from './models.js';
import { MongodbBanStore } from './mongodb-ban.store.js';
import { MongodbLeaseStore } from './mongodb-lease.store.js';
import { MongodbAuditLogStore, MongodbHealthLogStore, MongodbScalingLogStore } from './mongodb-log.stores.js';
import { MongodbConnection, type MongodbSettings } from './mongodb.connection.js';
import { MongodbRegistryStore } from './mongodb-registry.store.js';
import { MongodbRosterStore } from './mongodb-roster.store.js';
import { MongodbTokenStore } from './mongodb-token.store.js';

/**
 * The mongoose connection under Nest's own token, so that `@InjectConnection()` and `MongooseModule.forFeature()` work
 * as usual. `MongooseModule.forRoot()` itself would hold up the start until the server is there: see
 * docs/decisions/0003-mongoose-connection.md.
 */
@Global()
@Module({
  providers: [{ provide: getConnectionToken(), useFactory: () => mongoose.createConnection() }],
  exports: [getConnectionToken()],
})
export class MongooseConnectionModule {}

/** The ports on a MongoDB database. */
@Module({})
export class MongodbModule implements OnApplicationShutdown {
  constructor(private readonly connection: MongodbConnection) {}

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }

  static forRoot(settings: MongodbSettings): DynamicModule {
    const models = MODEL_NAMES.map((name) => ({ name, schema: MODEL_SCHEMAS[name] }));
    return {
      module: MongodbModule,
      imports: [MongooseConnectionModule, MongooseModule.forFeature(models)],
      providers: [
        {
          provide: MongodbConnection,
          useFactory: (connection: Connection) => new MongodbConnection(connection, settings),
          inject: [getConnectionToken()],
        },
        { provide: STORE_CONNECTION, useExisting: MongodbConnection },
        {
          provide: REGISTRY_STORE,
          useFactory: (connection: MongodbConnection) =>
            new MongodbRegistryStore(connection, settings.retention),
          inject: [MongodbConnection],
        },
        onConnection(HEALTH_LOG_STORE, MongodbHealthLogStore),
        onConnection(AUDIT_LOG_STORE, MongodbAuditLogStore),
        onConnection(SCALING_LOG_STORE, MongodbScalingLogStore),
        onConnection(TOKEN_STORE, MongodbTokenStore),
        onConnection(BAN_STORE, MongodbBanStore),
        onConnection(LEASE_STORE, MongodbLeaseStore),
        onConnection(ROSTER_STORE, MongodbRosterStore),
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
        MongooseModule,
      ],
    };
  }
}

function onConnection<T>(provide: symbol, store: new (connection: MongodbConnection) => T) {
  return {
    provide,
    useFactory: (connection: MongodbConnection) => new store(connection),
    inject: [MongodbConnection],
  };
}
