import type { DatabaseSync } from 'node:sqlite';
import {
  AUDIT_LOG_TABLE,
  EARLIER_ACCESS_LOG_TABLE,
  HEALTH_LOG_TABLE,
  type LogTableShape,
  SCALING_LOG_TABLE,
} from './log-columns.js';
import { addColumnsSql, createTableSql } from './log-table.js';

/** The access log of an older Velocity, until it is moved; files without one do not have the table. */
export const MOVING_TABLE = 'moving_access_logs';

/**
 * One entry per version of the file, applied in order; `PRAGMA user_version` tells how many a file has had.
 * Entries are never edited after a release: append a new one.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE services (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE backends (
     service TEXT NOT NULL, position INTEGER NOT NULL, url TEXT NOT NULL, document TEXT NOT NULL,
     PRIMARY KEY (service, position)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE revisions (
     number INTEGER PRIMARY KEY, time INTEGER NOT NULL, origin TEXT NOT NULL, author TEXT NOT NULL,
     changes TEXT NOT NULL
   ) STRICT;
   ${createTableSql(EARLIER_ACCESS_LOG_TABLE)}
   ${createTableSql(HEALTH_LOG_TABLE)}`,
  `ALTER TABLE revisions ADD COLUMN note TEXT NOT NULL DEFAULT '';
   ALTER TABLE revisions ADD COLUMN restores INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE revision_contents (
     number INTEGER NOT NULL, part INTEGER NOT NULL, format INTEGER NOT NULL, start INTEGER NOT NULL,
     digest TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (number, part)
   ) STRICT;
   CREATE TABLE tokens (
     id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, digest TEXT NOT NULL, createdAt INTEGER NOT NULL,
     createdBy TEXT NOT NULL, expiresAt INTEGER, lastUsedAt INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE leases (
     name TEXT PRIMARY KEY, holder TEXT NOT NULL, term INTEGER NOT NULL, expiresAt INTEGER NOT NULL,
     ttlMs INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE balancers (id TEXT PRIMARY KEY, seenAt INTEGER NOT NULL, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
   ${createTableSql(AUDIT_LOG_TABLE)}`,
  `CREATE TABLE bans (
     id TEXT PRIMARY KEY, cidr TEXT NOT NULL, note TEXT NOT NULL, author TEXT NOT NULL, origin TEXT NOT NULL,
     rule TEXT NOT NULL, createdAt INTEGER NOT NULL, expiresAt INTEGER, shadow INTEGER NOT NULL,
     offences INTEGER NOT NULL, isLifted INTEGER NOT NULL, change INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX bans_change ON bans (change);
   CREATE INDEX bans_expiresAt ON bans (expiresAt);`,
  // The access log has a file of its own: what is in the table is moved there.
  `ALTER TABLE access_logs RENAME TO ${MOVING_TABLE}`,
  createTableSql(SCALING_LOG_TABLE),
];

/** Version of the file that this build writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Records have gained fields since their table was made; rows of before have none there. */
function addMissingColumns<T>(db: DatabaseSync, shape: LogTableShape<T>): void {
  const rows = db.prepare(`PRAGMA table_info(${shape.name})`).all();
  const present = new Set(rows.map((row) => String(row['name'])));
  for (const sql of addColumnsSql(shape, present)) db.exec(sql);
}

function finishMoving(db: DatabaseSync): void {
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name = '${MOVING_TABLE}'`;
  if (db.prepare(sql).get() === undefined) return;
  addMissingColumns(db, { ...EARLIER_ACCESS_LOG_TABLE, name: MOVING_TABLE });
  if (db.prepare(`SELECT seq FROM ${MOVING_TABLE} LIMIT 1`).get() === undefined) {
    db.exec(`DROP TABLE ${MOVING_TABLE}`);
  }
}

/** Brings an open file up to date in one transaction. Throws for a file of a newer build. */
export function migrate(db: DatabaseSync): void {
  if (versionOf(db) === SCHEMA_VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Only now: another process that opened the file at the same moment may have done it.
    for (const sql of MIGRATIONS.slice(versionOf(db))) db.exec(sql);
    finishMoving(db);
    addMissingColumns(db, HEALTH_LOG_TABLE);
    addMissingColumns(db, AUDIT_LOG_TABLE);
    addMissingColumns(db, SCALING_LOG_TABLE);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(db: DatabaseSync): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version <= SCHEMA_VERSION) return version;
  throw new Error(
    `it was written by a newer Velocity (format ${version}, this one knows ${SCHEMA_VERSION}): ` +
      'update Velocity, or name another file in storage.path',
  );
}
