import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteAccessLogStore } from '../../src/modules/storage/sqlite/access-log/sqlite-access-log.store.js';
import { SqliteConnection } from '../../src/modules/storage/sqlite/sqlite.connection.js';
import { ACCESS_LOG_FILE } from '../../src/modules/storage/sqlite/sqlite.file.js';
import type { AnalyticsDriver } from './analytics-drivers.js';

/** The access log of SQLite, with parts so small that every test has several. */
export async function sqliteAnalytics(partRows = 700): Promise<AnalyticsDriver> {
  const folder = await mkdtemp(join(tmpdir(), 'velocity-analytics-'));
  let count = 0;
  return {
    name: 'sqlite',
    available: true,
    open: async () => {
      const connection = new SqliteConnection(join(folder, `access-${count++}.db`), ACCESS_LOG_FILE);
      await connection.open();
      const store = new SqliteAccessLogStore(connection, { partRows });
      return { analytics: store, consignments: store, close: () => connection.close() };
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}
