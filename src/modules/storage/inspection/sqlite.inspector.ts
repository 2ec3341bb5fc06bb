import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ACCESS_LOG_FILE, REGISTRY_FILE, type SqliteFile, accessLogPath } from '../sqlite/sqlite.file.js';
import { sqliteProblem } from '../sqlite/sqlite-problem.js';
import type { StoreInspection } from './store.inspection.js';

const MIB = 1_024 * 1_024;
/** A larger file is read through only when asked: it takes seconds for each GiB. */
const QUICK_CHECK_BYTES = 256 * MIB;
const LITTLE_SPACE_BYTES = 1_024 * MIB;
const NO_SPACE_BYTES = 64 * MIB;

const PART = / access_log_\d/;

interface Found {
  readonly problems: string[];
  readonly notices: string[];
}

export function inspectSqlite(path: string, thorough: boolean): StoreInspection {
  const found: Found = { problems: [], notices: [] };
  const folder = existingFolder(dirname(resolve(path)));
  checkFolder(folder, found);
  if (!existsSync(path)) {
    return { description: `no file ${path} yet: the first start makes it`, ...found, clockAheadMs: null };
  }
  const descriptions = [inspectFile({ path, file: REGISTRY_FILE, thorough }, found)];
  const accessLog = accessLogPath(path);
  // The first start makes it.
  if (existsSync(accessLog)) {
    descriptions.push(inspectFile({ path: accessLog, file: ACCESS_LOG_FILE, thorough }, found));
  }
  const description = descriptions.filter((text) => text !== '').join('; ');
  return { description, ...found, clockAheadMs: null };
}

interface Inspected {
  readonly path: string;
  /** What it should be. */
  readonly file: SqliteFile;
  readonly thorough: boolean;
}

/** Answers what it is; empty: it cannot be opened. */
function inspectFile({ path, file, thorough }: Inspected, found: Found): string {
  try {
    const { size, mode } = statSync(path);
    if ((mode & 0o077) !== 0) {
      found.notices.push(`${path} can be read by others: run \`chmod 600 ${path}\` (a start does it too).`);
    }
    const readThrough = thorough || size <= QUICK_CHECK_BYTES;
    const version = checkContent({ path, file, thorough: readThrough }, found);
    return `${path}, ${Math.ceil(size / MIB)} MiB, SQLite ${version}`;
  } catch (error) {
    found.problems.push(sqliteProblem(path, error).message);
    return '';
  }
}

/** The nearest folder above that is there: the others are made at the start. */
function existingFolder(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existingFolder(dirname(folder));
}

function checkFolder(folder: string, { problems, notices }: Found): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    problems.push(
      `This user may not write to ${folder}: give it the right, or name another file in storage.path.`,
    );
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${Math.floor(free / MIB)} MiB are free on the disk of ${folder}`;
  if (free < NO_SPACE_BYTES) problems.push(`Only ${text}: free some, or changes and records cannot be kept.`);
  else if (free < LITTLE_SPACE_BYTES)
    notices.push(`Only ${text}; accessLog.retention tells how long records stay.`);
}

/** The version of SQLite; throws what node:sqlite throws. */
function checkContent({ path, file, thorough }: Inspected, { problems, notices }: Found): string {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const { version } = db.prepare('SELECT sqlite_version() AS version').get() as { version: string };
    const [has, knows] = [versionOf(db), knownSchema(file)];
    if (has > knows.version) {
      problems.push(
        `${path} was made by a newer Velocity: run that one, or name another file in storage.path.`,
      );
    } else if (has < knows.version) {
      notices.push(`${path} is of an older Velocity: the next start brings it up to date.`);
    } else {
      const names = namesIn(db);
      const missing = knows.names.filter((name) => !names.includes(name));
      if (missing.length > 0)
        problems.push(`${path} lacks ${missing.join(', ')}: restore a copy of the file.`);
    }
    if (thorough) checkIntegrity(db, path, problems);
    else notices.push(`${path} is large and was not read through: --deep does it.`);
    return version;
  } finally {
    db.close();
  }
}

function checkIntegrity(db: DatabaseSync, path: string, problems: string[]): void {
  const rows = db.prepare('PRAGMA quick_check(5)').all() as { quick_check: string }[];
  const faults = rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
  if (faults.length === 0) return;
  problems.push(`${path} is damaged (${faults.join('; ')}): restore a copy, or move it away and start anew.`);
}

/** What a file made by this build has. */
function knownSchema({ migrate }: SqliteFile): {
  readonly version: number;
  readonly names: readonly string[];
} {
  const db = new DatabaseSync(':memory:');
  try {
    migrate(db);
    return { version: versionOf(db), names: namesIn(db) };
  } finally {
    db.close();
  }
}

function versionOf(db: DatabaseSync): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

/** Tables and indexes, without those that SQLite makes by itself, and parts of the access log, which come and go. */
function namesIn(db: DatabaseSync): string[] {
  const sql = `SELECT type || ' ' || name AS name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name`;
  const names = (db.prepare(sql).all() as { name: string }[]).map(({ name }) => name);
  return names.filter((name) => !PART.test(name));
}
