import { resolve } from 'node:path';
import type { VelocityConfig } from '../common/config/index.js';
import type { SpoolSettings } from '../modules/logging/index.js';
import type { StoreRetention } from '../modules/storage/index.js';

/** How long the store keeps what. */
export function retentionOf({
  accessLog,
  healthLog,
  auditLog,
  scalingLog,
  history,
}: VelocityConfig): StoreRetention {
  return {
    accessLogMs: accessLog.retentionMs,
    rollups: accessLog.rollups,
    healthLogMs: healthLog.retentionMs,
    auditLogMs: auditLog.retentionMs,
    scalingLogMs: scalingLog.retentionMs,
    revisions: history.revisions,
  };
}

/** What the thread of the access log is told beside that. */
export function logStoreSettings(config: VelocityConfig) {
  const { storage, accessLog } = config;
  return { storage, spool: spoolSettings(config), outputs: accessLog.outputs };
}

/** Where the access log waits for the store. */
function spoolSettings({ accessLog, storage }: VelocityConfig): SpoolSettings {
  const { spool, maxBuffered } = accessLog;
  return { ...spool, path: resolve(spool.path), maxBuffered, store: storeName(storage) };
}

/** By what a store is told from others: servers and passwords of the same database may change. */
function storeName(storage: VelocityConfig['storage']): string {
  return storage.driver === 'mongodb' ? `mongodb ${storage.database}` : `sqlite ${resolve(storage.path)}`;
}
