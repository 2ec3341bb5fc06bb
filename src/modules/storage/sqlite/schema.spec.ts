import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { migrate, SCHEMA_VERSION } from './schema.js';

const folder = mkdtempSync(join(tmpdir(), 'velocity-schema-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lets another process bring the file up to date between our look at its version and our turn to write. */
class Overtaken extends DatabaseSync {
  private isOvertaken = false;

  override exec(sql: string): void {
    if (sql === 'BEGIN IMMEDIATE' && !this.isOvertaken) {
      this.isOvertaken = true;
      const other = new DatabaseSync(this.location() as string);
      migrate(other);
      other.close();
    }
    super.exec(sql);
  }
}

it('is made once, also when two processes open a new file at the same moment', () => {
  const db = new Overtaken(join(folder, 'together.db'));
  migrate(db);
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: SCHEMA_VERSION });
  expect(db.prepare('SELECT count(*) AS count FROM leases').get()).toEqual({ count: 0 });
  db.close();
});
