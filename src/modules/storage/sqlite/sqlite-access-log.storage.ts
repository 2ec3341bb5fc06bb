import type { OpenAccessLog } from '../open-access-log.js';
import { RecordsOnly } from '../records-only.js';
import type { StoreRetention } from '../retention.js';
import { RetentionSweeper } from './retention.sweeper.js';
import { SqliteAccessLogStore } from './sqlite-log.stores.js';
import { SqliteConnection } from './sqlite.connection.js';

export function sqliteAccessLogStorage(
  path: string,
  { accessLogMs }: StoreRetention,
  onFault: (error: unknown) => void,
): OpenAccessLog {
  const connection = new SqliteConnection(path);
  const store = new SqliteAccessLogStore(connection);
  const sweeper = new RetentionSweeper([{ store, retentionMs: accessLogMs }], onFault);
  sweeper.start();
  return {
    connection,
    store: new RecordsOnly(store),
    close: async () => {
      // Closing ends a sweep that runs after its present step: millions of old rows must not hold up the end.
      const swept = sweeper.stop();
      await connection.close();
      await swept;
    },
  };
}
