import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { StorageConfig } from '../../src/common/config/index.js';
import { TOKEN_STORE, type TokenStore } from '../../src/modules/access/index.js';
import { BAN_STORE, type BanStore } from '../../src/modules/bans/index.js';
import {
  LEASE_STORE,
  ROSTER_STORE,
  type LeaseStore,
  type RosterStore,
} from '../../src/modules/coordination/index.js';
import {
  AUDIT_LOG_STORE,
  HEALTH_LOG_STORE,
  type AuditLogStore,
  type HealthLogStore,
  SCALING_LOG_STORE,
  type ScalingLogStore,
} from '../../src/modules/logging/index.js';
import {
  REGISTRY_STORE,
  STORE_CONNECTION,
  type RegistryStore,
  type StoreConnection,
  type StoreState,
} from '../../src/modules/registry/index.js';
import {
  accessLogStorage,
  type OpenAccessLog,
  type StoreRetention,
} from '../../src/modules/storage/index.js';
import { StorageModule } from '../../src/modules/storage/storage.module.js';
import { startMongod, type Mongod } from './mongod.js';

/** The ports of one storage module, wired by Nest as in the control plane. */
export interface Stores {
  readonly connection: StoreConnection;
  readonly registry: RegistryStore;
  readonly accessLog: OpenAccessLog['store'];
  /** Of the access log alone. */
  readonly accessLogConnection: StoreConnection;
  openAccessLog(): Promise<void>;
  readonly healthLog: HealthLogStore;
  readonly auditLog: AuditLogStore;
  readonly scalingLog: ScalingLogStore;
  readonly tokens: TokenStore;
  readonly bans: BanStore;
  readonly leases: LeaseStore;
  readonly roster: RosterStore;
  close(): Promise<void>;
}

export const KEEP_FOREVER: StoreRetention = {
  accessLogMs: 0,
  healthLogMs: 0,
  auditLogMs: 0,
  scalingLogMs: 0,
  revisions: 0,
};

/** Nothing is opened yet. */
export async function createStores(
  storage: StorageConfig,
  retention: Partial<StoreRetention> = {},
): Promise<Stores> {
  const kept = { ...KEEP_FOREVER, ...retention };
  const accessLog = await accessLogStorage(storage, kept, (error) => {
    throw error;
  });
  const context = await NestFactory.createApplicationContext(await StorageModule.forRoot(storage, kept), {
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
  return {
    connection: context.get<StoreConnection>(STORE_CONNECTION),
    registry: context.get<RegistryStore>(REGISTRY_STORE),
    accessLog: accessLog.store,
    healthLog: context.get<HealthLogStore>(HEALTH_LOG_STORE),
    auditLog: context.get<AuditLogStore>(AUDIT_LOG_STORE),
    scalingLog: context.get<ScalingLogStore>(SCALING_LOG_STORE),
    tokens: context.get<TokenStore>(TOKEN_STORE),
    bans: context.get<BanStore>(BAN_STORE),
    leases: context.get<LeaseStore>(LEASE_STORE),
    roster: context.get<RosterStore>(ROSTER_STORE),
    accessLogConnection: accessLog.connection,
    openAccessLog: () => accessLog.open(),
    close: async () => {
      await accessLog.close();
      await context.close();
    },
  };
}

export async function openStores(
  storage: StorageConfig,
  retention: Partial<StoreRetention> = {},
): Promise<Stores> {
  const stores = await createStores(storage, retention);
  await stores.connection.open();
  await stores.openAccessLog();
  const { state, error } = stores.connection.status();
  if (state !== 'connected') throw new Error(`the store is ${state}: ${error}`);
  return stores;
}

/** Resolves when the connection is in this state. */
export function reached(connection: StoreConnection, state: StoreState): Promise<void> {
  if (connection.status().state === state) return Promise.resolve();
  return new Promise((resolve) => {
    connection.onChange((status) => {
      if (status.state === state) resolve();
    });
  });
}

/** A place for stores that a spec file has to itself; `fresh` makes an empty one. */
export interface StorageKind {
  readonly name: string;
  /** null: this machine cannot (it was said why). */
  readonly available: boolean;
  fresh(): StorageConfig;
  stop(): Promise<void>;
}

export async function sqliteStorage(): Promise<StorageKind> {
  const folder = await mkdtemp(join(tmpdir(), 'velocity-sqlite-'));
  let count = 0;
  return {
    name: 'sqlite',
    available: true,
    fresh: () => ({ driver: 'sqlite', path: join(folder, `store-${count++}`, 'velocity.db') }),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function mongodbStorage(options: { replicaSet?: boolean } = {}): Promise<StorageKind> {
  return mongodbStorageOn(
    await startMongod(options),
    options.replicaSet === false ? 'mongodb (standalone)' : 'mongodb',
  );
}

export function mongodbStorageOn(mongod: Mongod | null, name = 'mongodb'): StorageKind {
  let count = 0;
  return {
    name,
    available: mongod !== null,
    fresh: () => ({
      driver: 'mongodb',
      uri: mongod?.uri ?? '',
      database: `${mongod?.database}_${count++}`,
    }),
    stop: async () => mongod?.stop(),
  };
}
