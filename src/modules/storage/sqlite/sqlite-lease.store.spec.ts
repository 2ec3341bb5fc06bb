import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { SqliteLeaseStore } from './sqlite-lease.store.js';
import { SqliteConnection } from './sqlite.connection.js';

const folder = mkdtempSync(join(tmpdir(), 'velocity-leases-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('takes a lease of before the machine was started anew for ended', async () => {
  const connection = new SqliteConnection(':memory:');
  await connection.open();
  let now = 5_000_000;
  const leases = new SqliteLeaseStore(connection, () => now);
  const ask = (holder: string) => leases.acquire({ name: 'work', holder, ttlMs: 10_000 });
  expect(await ask('a')).toEqual({ isHeld: true, term: 1, remainingMs: 10_000 });
  expect(await ask('b')).toEqual({ isHeld: false, term: 1, remainingMs: 10_000 });
  // The clock of the machine begins again.
  now = 20_000;
  expect(await leases.held()).toEqual([]);
  expect(await ask('b')).toEqual({ isHeld: true, term: 2, remainingMs: 10_000 });
  now += 9_999;
  expect(await ask('a')).toEqual({ isHeld: false, term: 2, remainingMs: 1 });
  now += 1;
  expect(await ask('a')).toEqual({ isHeld: true, term: 3, remainingMs: 10_000 });
  await connection.close();
});

/** A connection on which every statement waits until another process has written. */
class WaitingConnection extends SqliteConnection {
  whileWaiting: () => Promise<unknown> = async () => undefined;

  override async call<T>(action: () => T): Promise<T> {
    await this.whileWaiting();
    return super.call(action);
  }
}

it('grants nothing beside a holder that was faster while it waited for the file', async () => {
  const path = join(folder, 'velocity.db');
  const [waiting, other] = [new WaitingConnection(path), new SqliteConnection(path)];
  for (const connection of [waiting, other]) await connection.open();
  let now = 5_000_000;
  const clock = () => now++;
  const leases = new SqliteLeaseStore(waiting, clock);
  const faster = new SqliteLeaseStore(other, clock);
  waiting.whileWaiting = () => faster.acquire({ name: 'work', holder: 'b', ttlMs: 10_000 });
  expect(await leases.acquire({ name: 'work', holder: 'a', ttlMs: 10_000 })).toMatchObject({
    isHeld: false,
    term: 1,
  });
  expect(await faster.held()).toEqual([{ name: 'work', holder: 'b', term: 1 }]);
  for (const connection of [waiting, other]) await connection.close();
});
