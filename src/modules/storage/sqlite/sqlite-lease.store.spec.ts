import { expect, it } from 'vitest';
import { SqliteLeaseStore } from './sqlite-lease.store.js';
import { SqliteConnection } from './sqlite.connection.js';

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
