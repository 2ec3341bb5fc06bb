import {
  type BanOrigin,
  type BanStore,
  type ReadBans,
  type StoredBan,
  strengthened,
} from '../../bans/index.js';
import type { SqliteConnection } from './sqlite.connection.js';

const COLUMNS = 'id, cidr, note, author, origin, rule, createdAt, expiresAt, shadow, offences, isLifted';

const SQL = {
  all: `SELECT ${COLUMNS} FROM bans`,
  since: `SELECT ${COLUMNS} FROM bans WHERE change > ?`,
  one: `SELECT ${COLUMNS} FROM bans WHERE id = ?`,
  put: `INSERT OR REPLACE INTO bans (${COLUMNS}, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  lift: `UPDATE bans SET expiresAt = :now, isLifted = 1, offences = 0, change = :change
    WHERE id = :id AND isLifted = 0 AND (expiresAt IS NULL OR expiresAt > :now)`,
  forget: 'DELETE FROM bans WHERE expiresAt < ?',
  change: `SELECT value FROM meta WHERE key = 'bansChange'`,
  nextChange: `INSERT INTO meta VALUES ('bansChange', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value`,
} as const;

/** Bans in the table `bans`; each write gives its rows the next number, by which the others find them. */
export class SqliteBanStore implements BanStore {
  constructor(private readonly connection: SqliteConnection) {}

  read(since: number | null): Promise<ReadBans> {
    return this.connection.reading(() => {
      const rows = since === null ? this.statement('all').all() : this.statement('since').all(since);
      return { bans: rows.map(toBan), mark: Number(this.statement('change').get()?.['value'] ?? 0) };
    });
  }

  async put(bans: readonly StoredBan[], now: number): Promise<void> {
    await this.connection.transaction(() => {
      const change = this.nextChange();
      const [one, put] = [this.statement('one'), this.statement('put')];
      for (const ban of bans) {
        const row = one.get(ban.id);
        put.run(...valuesOf(strengthened(row === undefined ? undefined : toBan(row), ban, now)), change);
      }
    });
  }

  async lift(ids: readonly string[], now: number): Promise<void> {
    await this.connection.transaction(() => {
      const change = this.nextChange();
      for (const id of ids) this.statement('lift').run({ id, now, change });
    });
  }

  async forget(endedBefore: number): Promise<void> {
    await this.connection.call(() => this.statement('forget').run(endedBefore));
  }

  private nextChange(): number {
    return Number(this.statement('nextChange').get()!['value']);
  }

  private statement(name: keyof typeof SQL) {
    return this.connection.statement(SQL[name]);
  }
}

function valuesOf(ban: StoredBan): (string | number | null)[] {
  const { id, cidr, note, author, origin, rule, createdAt, expiresAt, shadow, offences, isLifted } = ban;
  const start = [id, cidr, note, author, origin, rule, createdAt, expiresAt];
  return [...start, Number(shadow), offences, Number(isLifted)];
}

function toBan(row: Record<string, unknown>): StoredBan {
  return {
    id: row['id'] as string,
    cidr: row['cidr'] as string,
    note: row['note'] as string,
    author: row['author'] as string,
    origin: row['origin'] as BanOrigin,
    rule: row['rule'] as string,
    createdAt: row['createdAt'] as number,
    expiresAt: row['expiresAt'] as number | null,
    shadow: row['shadow'] === 1,
    offences: row['offences'] as number,
    isLifted: row['isLifted'] === 1,
  };
}
