import type { OpenAccessLog } from '../open-access-log.js';
import type { StoreRetention } from '../retention.js';
import { SqliteAccessLog } from './access-log/sqlite-access-log.js';
import { RetentionSweeper, olderThan } from './retention.sweeper.js';

/** `path`: the registry's file, beside which the access log is. */
export function sqliteAccessLogStorage(
  path: string,
  { accessLogMs, rollups }: StoreRetention,
  onFault: (error: unknown) => void,
): OpenAccessLog {
  const accessLog = new SqliteAccessLog(path, { rollups, onFault });
  const { connection, store } = accessLog;
  const sweeper = new RetentionSweeper(
    [olderThan(store, accessLogMs), (now) => store.removeRollups(now)],
    onFault,
  );
  sweeper.start();
  return {
    connection,
    store,
    close: async () => {
      // Closing ends a sweep that runs after its present step: millions of old rows must not hold up the end.
      const swept = sweeper.stop();
      await accessLog.close();
      await swept;
    },
  };
}
