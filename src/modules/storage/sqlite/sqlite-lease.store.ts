import type { HeldLease, LeaseAnswer, LeaseRequest, LeaseStore } from '../../coordination/index.js';
import type { SqliteConnection } from './sqlite.connection.js';

/**
 * A lease whose end lies further away than it was given for is of before the machine was started anew, when the
 * monotonic clock began again.
 */
const IS_ALIVE = '(expiresAt > :now AND expiresAt - :now <= ttlMs)';

const SQL = {
  renew: `UPDATE leases SET expiresAt = :now + :ttlMs, ttlMs = :ttlMs
    WHERE name = :name AND holder = :holder AND ${IS_ALIVE} RETURNING term, expiresAt`,
  current: `SELECT term, expiresAt FROM leases WHERE name = :name AND ${IS_ALIVE}`,
  grant: `INSERT INTO leases (name, holder, term, expiresAt, ttlMs) VALUES (:name, :holder, 1, :now + :ttlMs, :ttlMs)
    ON CONFLICT (name) DO UPDATE
    SET holder = excluded.holder, term = term + 1, expiresAt = excluded.expiresAt, ttlMs = excluded.ttlMs
    RETURNING term, expiresAt`,
  release: 'UPDATE leases SET expiresAt = 0 WHERE name = ? AND holder = ? AND term = ?',
  held: `SELECT name, holder, term FROM leases WHERE ${IS_ALIVE} ORDER BY name`,
} as const;

/** Milliseconds of a clock that all processes of this machine share, which nobody can step, and which starts with it. */
export function machineClock(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Leases in rows. All balancers on one file run on one machine, whose monotonic clock is their time. */
export class SqliteLeaseStore implements LeaseStore {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly clock: () => number = machineClock,
  ) {}

  async acquire(request: LeaseRequest): Promise<LeaseAnswer> {
    const { name, holder, ttlMs } = request;
    const now = this.clock();
    const renewed = await this.connection.unsynced(() =>
      this.statement('renew').get({ name, holder, ttlMs, now }),
    );
    return renewed === undefined ? this.grant(request) : answer(renewed, now, true);
  }

  /**
   * The time is taken when the file is ours to write. Taken while another process still writes, it may lie before the
   * grant of that process, whose lease would then look as if it were of before the machine was started anew.
   */
  private grant({ name, holder, ttlMs }: LeaseRequest): Promise<LeaseAnswer> {
    return this.connection.transaction(() => {
      const now = this.clock();
      const other = this.statement('current').get({ name, now });
      if (other !== undefined) return answer(other, now, false);
      return answer(this.statement('grant').get({ name, holder, ttlMs, now })!, now, true);
    });
  }

  async release({ name, holder, term }: HeldLease): Promise<void> {
    await this.connection.call(() => this.statement('release').run(name, holder, term));
  }

  held(): Promise<readonly HeldLease[]> {
    const now = this.clock();
    return this.connection.call(() => this.statement('held').all({ now }).map(toLease));
  }

  private statement(name: keyof typeof SQL) {
    return this.connection.statement(SQL[name]);
  }
}

function answer(row: Record<string, unknown>, now: number, isHeld: boolean): LeaseAnswer {
  return { isHeld, term: Number(row['term']), remainingMs: Number(row['expiresAt']) - now };
}

function toLease(row: Record<string, unknown>): HeldLease {
  return { name: String(row['name']), holder: String(row['holder']), term: Number(row['term']) };
}
