import type { DatabaseSync } from 'node:sqlite';
import { migrateAccessLog } from './access-log/access-log.schema.js';
import { migrate } from './schema.js';

/** What a file holds, and how it is opened. */
export interface SqliteFile {
  /** Run before anything else. */
  readonly pragmas: string;
  /** FULL: a commit that was acknowledged survives a power cut. NORMAL: it survives the process. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Brings it up to date; throws for a file of a newer build. */
  migrate(db: DatabaseSync): void;
}

/** Registry, health log, audit log and all else that is not the access log. */
export const REGISTRY_FILE: SqliteFile = {
  // The larger checkpoint interval and cache made appending a third faster (6.3 to 4.8 ms for 500 rows).
  pragmas: 'PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8000',
  // It costs one sync of the log file per transaction.
  synchronous: 'FULL',
  migrate,
};

/** The access log with its roll-ups. */
export const ACCESS_LOG_FILE: SqliteFile = {
  // Blobs of roll-ups and long rows fit into larger pages. Checkpoints of 8 MiB take 10 to 20 ms each.
  pragmas:
    'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -32000',
  // The spool has the records until `settle`.
  synchronous: 'NORMAL',
  migrate: migrateAccessLog,
};

/** Where the access log is kept beside the file of the registry: `velocity-access.db` beside `velocity.db`. */
export function accessLogPath(path: string): string {
  if (path === ':memory:') return path;
  const extension = /\.[^./\\]+$/.exec(path)?.[0] ?? '';
  return `${path.slice(0, path.length - extension.length)}-access${extension}`;
}
