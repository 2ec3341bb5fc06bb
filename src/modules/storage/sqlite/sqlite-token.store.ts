import type { Role } from '../../../common/contract/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import type { StoredToken, TokenStore } from '../../access/index.js';
import type { SqliteConnection } from './sqlite.connection.js';

const SQL = {
  list: `SELECT id, name, role, digest, createdAt, createdBy, expiresAt, lastUsedAt FROM tokens ORDER BY name`,
  named: 'SELECT 1 FROM tokens WHERE name = ?',
  add: `INSERT INTO tokens (id, name, role, digest, createdAt, createdBy, expiresAt, lastUsedAt)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  remove: 'DELETE FROM tokens WHERE id = ?',
  markUsed: 'UPDATE tokens SET lastUsedAt = max(coalesce(lastUsedAt, 0), ?) WHERE id = ?',
} as const;

/** Tokens in the table `tokens`. */
export class SqliteTokenStore implements TokenStore {
  constructor(private readonly connection: SqliteConnection) {}

  list(): Promise<readonly StoredToken[]> {
    return this.connection.call(() => this.connection.statement(SQL.list).all().map(toToken));
  }

  async create(token: StoredToken): Promise<void> {
    const { id, name, role, digest, createdAt, createdBy, expiresAt, lastUsedAt } = token;
    await this.connection.transaction(() => {
      if (this.connection.statement(SQL.named).get(name) !== undefined) {
        throw new VelocityError(
          'TOKEN_EXISTS',
          `There is a token ${name} already: revoke it first, or choose another name.`,
        );
      }
      this.connection
        .statement(SQL.add)
        .run(id, name, role, digest, createdAt, createdBy, expiresAt, lastUsedAt);
    });
  }

  remove(id: string): Promise<boolean> {
    return this.connection.transaction(
      () => Number(this.connection.statement(SQL.remove).run(id).changes) > 0,
    );
  }

  async markUsed(uses: ReadonlyMap<string, number>): Promise<void> {
    await this.connection.transaction(() => {
      const mark = this.connection.statement(SQL.markUsed);
      for (const [id, time] of uses) mark.run(time, id);
    });
  }
}

function toToken(row: Record<string, unknown>): StoredToken {
  return {
    id: row['id'] as string,
    name: row['name'] as string,
    role: row['role'] as Role,
    digest: row['digest'] as string,
    createdAt: row['createdAt'] as number,
    createdBy: row['createdBy'] as string,
    expiresAt: row['expiresAt'] as number | null,
    lastUsedAt: row['lastUsedAt'] as number | null,
  };
}
