import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Backoff } from '../../../common/backoff.js';
import { VelocityError } from '../../../common/errors/index.js';
import type { StoreConnection, StoreStatus } from '../../registry/index.js';
import { ConnectionState } from '../connection-state.js';
import { RECONNECT_LIMITS } from '../reconnect-limits.js';
import { REGISTRY_FILE, type SqliteFile } from './sqlite.file.js';
import { sqliteProblem } from './sqlite-problem.js';

/**
 * How long a write waits for another process that writes to the same file. Waiting blocks this thread, so it is short:
 * a caller that gets STORE_UNAVAILABLE tries again later.
 */
const BUSY_TIMEOUT_MS = 200;
/** Above it, statements that were prepared for queries are forgotten. */
const MAX_STATEMENTS = 500;

/**
 * One SQLite file through node:sqlite. Every call runs synchronously on this thread, so callers keep each one short
 * and yield between them. The file, made with mode 0600, is reopened with backoff after it failed.
 */
export class SqliteConnection implements StoreConnection {
  readonly driver = 'sqlite';
  private readonly state = new ConnectionState();
  private readonly statements = new Map<string, StatementSync>();
  private db: DatabaseSync | null = null;
  private retry: NodeJS.Timeout | null = null;

  constructor(
    private readonly path: string,
    private readonly file: SqliteFile = REGISTRY_FILE,
    private readonly backoff = new Backoff(RECONNECT_LIMITS),
  ) {}

  async open(): Promise<void> {
    if (this.state.status.state !== 'closed') return;
    this.state.move('connecting');
    this.attempt();
  }

  async close(): Promise<void> {
    if (this.retry !== null) clearTimeout(this.retry);
    this.retry = null;
    this.release();
    this.state.move('closed');
  }

  /** Writes and commits: a file that can be read but not written is of no use to us. */
  async ping(): Promise<void> {
    await this.transaction(() => touch(this.connected()));
  }

  status(): StoreStatus {
    return this.state.status;
  }

  onChange(listener: (status: StoreStatus) => void): void {
    this.state.onChange(listener);
  }

  /** Runs the action now. Rejects with STORE_UNAVAILABLE when the file is away or fails under it. */
  async call<T>(action: () => T): Promise<T> {
    this.connected();
    try {
      return action();
    } catch (error) {
      throw this.translate(error);
    }
  }

  /** The same within one transaction, rolled back when the action throws. */
  transaction<T>(action: () => T): Promise<T> {
    return this.within('BEGIN IMMEDIATE', action);
  }

  /** Reads one state of the file, whoever writes to it meanwhile: it waits for nobody and holds up nobody. */
  reading<T>(action: () => T): Promise<T> {
    return this.within('BEGIN', action);
  }

  private within<T>(begin: string, action: () => T): Promise<T> {
    return this.call(() => this.begun(begin, action));
  }

  private begun<T>(begin: string, action: () => T): T {
    const db = this.connected();
    db.exec(begin);
    try {
      const result = action();
      db.exec('COMMIT');
      return result;
    } finally {
      if (db.isTransaction) db.exec('ROLLBACK');
    }
  }

  /**
   * Runs a statement whose change may be lost with the power, though not with the process, such as a sign of life: it
   * costs no sync of the disk. NORMAL and not OFF, which could damage the file.
   */
  unsynced<T>(action: () => T): Promise<T> {
    return this.call(() => this.withSync('NORMAL', action));
  }

  /** One transaction that survives a power cut, and so does all that was committed to the file before. */
  async synced<T>(action: () => T): Promise<T> {
    return this.call(() => this.withSync('FULL', () => this.begun('BEGIN IMMEDIATE', action)));
  }

  private withSync<T>(level: SqliteFile['synchronous'], action: () => T): T {
    const db = this.connected();
    db.exec(`PRAGMA synchronous = ${level}`);
    try {
      return action();
    } finally {
      if (db.isOpen) db.exec(`PRAGMA synchronous = ${this.file.synchronous}`);
    }
  }

  /** Runs a statement that writes; answers how many rows it has changed. Only within `call` or `transaction`. */
  run(sql: string, ...values: SQLInputValue[]): number {
    const statement = this.statement(sql);
    // The row that was inserted last is told with it: its number may have more bits than a number of JavaScript.
    statement.setReadBigInts(true);
    return Number(statement.run(...values).changes);
  }

  /** For statements that are not used again. Only within `call` or `transaction`. */
  exec(sql: string): void {
    this.connected().exec(sql);
  }

  /** Only within `call` or `transaction`. */
  touch(): void {
    touch(this.connected());
  }

  /** A prepared statement, kept for the next use. Only within `call` or `transaction`. */
  statement(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    if (this.statements.size >= MAX_STATEMENTS) this.statements.clear();
    const statement = this.connected().prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }

  private connected(): DatabaseSync {
    if (this.db !== null) return this.db;
    const { state, error } = this.state.status;
    throw new VelocityError(
      'STORE_UNAVAILABLE',
      error === '' ? `The store is ${state}: try again in a few seconds.` : error,
    );
  }

  private attempt(): void {
    try {
      this.db = openFile(this.path, this.file);
      this.backoff.reset();
      this.state.move('connected');
    } catch (error) {
      this.leave(sqliteProblem(this.path, error).message);
    }
  }

  private translate(error: unknown): unknown {
    if (error instanceof VelocityError) return error;
    const problem = sqliteProblem(this.path, error);
    if (problem.kind === 'fault') return error;
    if (problem.kind === 'away') this.leave(problem.message);
    return new VelocityError('STORE_UNAVAILABLE', problem.message, { cause: error });
  }

  private leave(message: string): void {
    this.release();
    this.state.move('away', message);
    this.retry ??= setTimeout(() => {
      this.retry = null;
      this.attempt();
    }, this.backoff.next()).unref();
  }

  private release(): void {
    this.statements.clear();
    const db = this.db;
    this.db = null;
    if (db?.isOpen === true) db.close();
  }
}

function openFile(path: string, { pragmas, synchronous, migrate }: SqliteFile): DatabaseSync {
  prepareFile(path);
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec(`${pragmas}; PRAGMA synchronous = ${synchronous}`);
    migrate(db);
    db.exec('BEGIN IMMEDIATE');
    touch(db);
    db.exec('COMMIT');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareFile(path: string): void {
  if (path === ':memory:') return;
  mkdirSync(dirname(resolve(path)), { recursive: true });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function touch(db: DatabaseSync): void {
  const sql = `INSERT INTO meta VALUES ('touched', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  statement.run(new Date().toISOString());
}
