import type { DatabaseSync } from 'node:sqlite';
import { createPartSql, viewSql } from './part.sql.js';

/** One entry per version of the access log's file, applied in order; never edited after a release. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE access_log_parts (
     number INTEGER PRIMARY KEY, start INTEGER NOT NULL, isCut INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE consignments (source TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE rollups (
     number INTEGER PRIMARY KEY, resolution INTEGER NOT NULL, cube INTEGER NOT NULL, start INTEGER NOT NULL,
     service TEXT NOT NULL, data BLOB NOT NULL, UNIQUE (resolution, cube, start, service)
   ) STRICT;
   INSERT INTO access_log_parts (number, start) VALUES (1, 0);
   ${createPartSql(1)};`,
];

export const ACCESS_LOG_SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the access log's file up to date in one transaction. Throws for a file of a newer build. */
export function migrateAccessLog(db: DatabaseSync): void {
  if (versionOf(db) === ACCESS_LOG_SCHEMA_VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Only now: another process that opened the file at the same moment may have done it.
    for (const sql of MIGRATIONS.slice(versionOf(db))) db.exec(sql);
    replaceView(db, partNumbers(db));
    db.exec(`PRAGMA user_version = ${ACCESS_LOG_SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** The view is made anew whenever the parts change. */
export function replaceView(db: Pick<DatabaseSync, 'exec'>, numbers: readonly number[]): void {
  db.exec('DROP VIEW IF EXISTS access_logs');
  db.exec(viewSql(numbers));
}

function versionOf(db: DatabaseSync): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version <= ACCESS_LOG_SCHEMA_VERSION) return version;
  throw new Error(
    `it has version ${version} of the access log's tables, this build knows ${ACCESS_LOG_SCHEMA_VERSION}: ` +
      'run the newer Velocity that made it',
  );
}

function partNumbers(db: DatabaseSync): number[] {
  return db
    .prepare('SELECT number FROM access_log_parts ORDER BY start')
    .all()
    .map((row) => Number(row['number']));
}
