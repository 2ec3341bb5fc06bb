import { array, assert, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RATE_LIMIT_ROWS, SharedMemory } from '../../../../common/contract/index.js';
import { AddressKey } from '../../connections/address.key.js';
import { LimitKey } from './limit-key.js';
import { LimitTable } from './limit.table.js';

function tables(count: number) {
  const memory = new SharedMemory({ workers: count, backendCapacity: 1, serviceCapacity: 1 });
  return { memory, tables: memory.workers.map((_, worker) => new LimitTable(memory.rateLimits, worker)) };
}

/** A key as the hash would give it; the bucket is chosen. */
function keyOf(low: number, bucket = low): LimitKey {
  const key = new LimitKey(new Int32Array(3));
  Object.assign(key, { bucket, high: low * 7, low: 2 * low + 1 });
  return key;
}

const addressKey = (text: string): string => {
  const [key, address] = [new LimitKey(new Int32Array([1, 2, 3])), new AddressKey()];
  expect(address.read(text)).toBe(true);
  key.begin();
  key.address(address);
  key.end();
  return `${key.bucket} ${key.high} ${key.low}`;
};

describe('LimitTable', () => {
  it('admits a burst at once, then one per interval, and says how long to wait', () => {
    const [table] = tables(1).tables as [LimitTable];
    const take = (nowMs: number) => table.take(keyOf(1), nowMs, 100, 3);
    expect([take(1_000), take(1_000), take(1_000), take(1_000)]).toEqual([0, 0, 0, 100]);
    expect([take(1_050), take(1_100), take(1_100)]).toEqual([50, 0, 100]);
    expect([take(9_000), take(9_000), take(9_000), take(9_000)]).toEqual([0, 0, 0, 100]);
  });

  it('decides as a token bucket does, whichever worker is asked: never above burst + rate x time', () => {
    const steps = array(record({ afterMs: integer({ min: 0, max: 60 }), worker: nat(2) }), {
      maxLength: 300,
    });
    const cases = property(
      steps,
      integer({ min: 1, max: 200 }),
      integer({ min: 1, max: 20 }),
      (list, intervalMs, burst) => {
        const three = tables(3).tables;
        let [nowMs, tokens, admitted] = [5_000, burst, 0];
        for (const { afterMs, worker } of list) {
          nowMs += afterMs;
          tokens = Math.min(burst, tokens + afterMs / intervalMs);
          const isAdmitted = three[worker]!.take(keyOf(9), nowMs, intervalMs, burst) === 0;
          expect(isAdmitted).toBe(tokens > 1 - 1e-9);
          if (isAdmitted) tokens--;
          if (isAdmitted) admitted++;
          expect(admitted).toBeLessThanOrEqual(burst + (nowMs - 5_000) / intervalMs + 1e-9);
        }
      },
    );
    assert(cases, { numRuns: 200 });
  });

  it('gives back what an exchange took that another rule refused', () => {
    const [table] = tables(1).tables as [LimitTable];
    expect(table.take(keyOf(1), 0, 100, 1)).toBe(0);
    table.giveBack(keyOf(1), 100);
    expect([table.take(keyOf(1), 0, 100, 1), table.take(keyOf(1), 0, 100, 1)]).toEqual([0, 100]);
    table.giveBack(keyOf(2), 100);
  });

  it('keeps keys of one bucket apart and forgets the one that owes least when it is full', () => {
    const [table] = tables(1).tables as [LimitTable];
    for (let key = 0; key < RATE_LIMIT_ROWS; key++) {
      for (let count = 0; count <= key; count++) expect(table.take(keyOf(key, 5), 0, 100, 50)).toBe(0);
    }
    expect(table.take(keyOf(99, 5), 0, 100, 1)).toBe(0);
    // Key 0 owed least and was forgotten: it starts anew. Key 7 is remembered.
    expect(table.take(keyOf(7, 5), 0, 100, 8)).toBe(100);
    expect(table.take(keyOf(99, 5), 0, 100, 1)).toBe(100);
  });

  it('goes on when a dead worker left a lock behind, and does not keep it', () => {
    const {
      memory,
      tables: [table],
    } = tables(1);
    memory.rateLimits.locks[5] = 77;
    expect(table!.take(keyOf(1, 5), 0, 100, 1)).toBe(0);
    expect(memory.rateLimits.locks[5]).toBe(77);
  });
});

describe('LimitKey', () => {
  it('takes an IPv4 address as one client, also in its mapped form, and an IPv6 /64 as one', () => {
    expect(addressKey('::ffff:192.0.2.1')).toBe(addressKey('192.0.2.1'));
    expect(addressKey('192.0.2.2')).not.toBe(addressKey('192.0.2.1'));
    expect(addressKey('2001:db8:1:2::1')).toBe(addressKey('2001:db8:1:2:ffff:ffff:ffff:ffff'));
    expect(addressKey('2001:db8:1:3::1')).not.toBe(addressKey('2001:db8:1:2::1'));
  });

  it('tells texts apart by where they end, and hardly ever takes two for one', () => {
    const key = new LimitKey(new Int32Array([11, 22, 33]));
    const of = (...texts: string[]) => {
      key.begin();
      for (const text of texts) key.text(text);
      key.end();
      return `${key.bucket} ${key.high} ${key.low}`;
    };
    expect(of('ab', 'c')).not.toBe(of('a', 'bc'));
    const seen = new Set(Array.from({ length: 200_000 }, (_, index) => of(`client-${index}`)));
    expect(seen.size).toBe(200_000);
  });

  it('fills the buckets evenly with neighbouring addresses', () => {
    const counts = new Map<number, number>();
    const [key, address] = [new LimitKey(new Int32Array([5, 6, 7])), new AddressKey()];
    for (let index = 0; index < 16_384; index++) {
      address.read(`10.0.${index >> 8}.${index & 255}`);
      key.begin();
      key.address(address);
      key.end();
      const bucket = key.bucket & 16_383;
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    // Poisson with mean 1: about 63% of the buckets are hit, and none by many.
    expect(counts.size / 16_384).toBeGreaterThan(0.6);
    expect(Math.max(...counts.values())).toBeLessThan(12);
  });
});
