import type { BalancerEntry, RosterStore, SeenBalancer } from '../../coordination/index.js';
import type { SqliteConnection } from './sqlite.connection.js';

const SQL = {
  announce: `INSERT INTO balancers (id, seenAt, document) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET seenAt = excluded.seenAt, document = excluded.document`,
  seen: 'SELECT id, seenAt, document FROM balancers WHERE seenAt >= ?',
  withdraw: 'DELETE FROM balancers WHERE id = ?',
  forget: 'DELETE FROM balancers WHERE seenAt < ?',
} as const;

/** Balancers in rows: id, when it was last seen, and the rest as a document. */
export class SqliteRosterStore implements RosterStore {
  constructor(private readonly connection: SqliteConnection) {}

  async announce({ id, ...entry }: BalancerEntry): Promise<void> {
    const document = JSON.stringify(entry);
    await this.connection.unsynced(() => this.statement('announce').run(id, Date.now(), document));
  }

  seen(withinMs: number): Promise<readonly SeenBalancer[]> {
    return this.connection.call(() =>
      this.statement('seen')
        .all(Date.now() - withinMs)
        .map(toBalancer)
        .toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1)),
    );
  }

  async withdraw(id: string): Promise<void> {
    await this.connection.unsynced(() => this.statement('withdraw').run(id));
  }

  async forget(olderThanMs: number): Promise<void> {
    await this.connection.unsynced(() => this.statement('forget').run(Date.now() - olderThanMs));
  }

  private statement(name: keyof typeof SQL) {
    return this.connection.statement(SQL[name]);
  }
}

function toBalancer(row: Record<string, unknown>): SeenBalancer {
  const entry = JSON.parse(String(row['document'])) as Omit<BalancerEntry, 'id'>;
  return { id: String(row['id']), seenAt: Number(row['seenAt']), ...entry };
}
