import type { OpenAccessLog } from '../open-access-log.js';
import type { StoreRetention } from '../retention.js';
import { SqliteAccessLog } from './access-log/sqlite-access-log.js';
import { RetentionSweeper } from './retention.sweeper.js';
import { SqliteConnection } from './sqlite.connection.js';
import { REGISTRY_FILE } from './sqlite.file.js';

/** `path` is the registry's file: the access log is beside it, and older records are moved from it. */
export function sqliteAccessLogStorage(
  path: string,
  retention: StoreRetention,
  onFault: (error: unknown) => void,
): OpenAccessLog {
  const registry = new SqliteConnection(path, REGISTRY_FILE);
  const accessLog = new SqliteAccessLog(path, registry, retention.rollups);
  const { connection, store } = accessLog;
  const sweeper = new RetentionSweeper({ accessLog: store }, retention, onFault);
  return {
    connection,
    store,
    open: async () => {
      await registry.open();
      await connection.open();
      sweeper.start();
    },
    close: async () => {
      // Closing ends a sweep that runs after its present step: millions of old rows must not hold up the end.
      const swept = sweeper.stop();
      await Promise.all([accessLog.close(), registry.close()]);
      await swept;
    },
  };
}
