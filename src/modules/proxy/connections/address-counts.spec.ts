import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { ADDRESS_CELLS, ADDRESS_ROWS, AddressCell, SharedMemory } from '../../../common/contract/index.js';
import { AddressCounts } from './address-counts.js';

const SHAPE = { workers: 3, backendCapacity: 8, serviceCapacity: 4 };
const ONE = '192.0.2.1';
const OTHER = '2001:db8::1';

/** Each worker with a view of its own of the same memory, as in its thread. */
function workers(listener = 0, memory = new SharedMemory(SHAPE)): AddressCounts[] {
  return memory.workers.map(
    (_, worker) => new AddressCounts(new SharedMemory(SHAPE, memory.buffer), worker, listener),
  );
}

function addressOf(index: number): string {
  return `10.${(index >>> 16) & 255}.${(index >>> 8) & 255}.${index & 255}`;
}

function rowsInUse(memory: SharedMemory, worker: number): number {
  const table = memory.workers[worker]!.addresses;
  let used = 0;
  for (let row = 0; row < ADDRESS_ROWS; row++) {
    if (table[row * ADDRESS_CELLS + AddressCell.count]! > 0) used++;
  }
  return used;
}

it('sums the connections of an address over all workers', () => {
  const [first, second, third] = workers() as [AddressCounts, AddressCounts, AddressCounts];
  expect([first.add(ONE), first.add(ONE), second.add(ONE), third.add(OTHER)]).toEqual([1, 2, 3, 1]);
  expect([third.total(ONE), first.total(OTHER), second.total('192.0.2.2')]).toEqual([3, 1, 0]);
  first.remove(ONE);
  expect([second.total(ONE), first.add(ONE)]).toEqual([2, 3]);
  for (const counts of [first, first, second]) counts.remove(ONE);
  expect(third.total(ONE)).toBe(0);
});

it('counts each listener apart', () => {
  const memory = new SharedMemory(SHAPE);
  const [first] = workers(0, memory) as [AddressCounts];
  const [second] = workers(1, memory) as [AddressCounts];
  first.add(ONE);
  first.add(ONE);
  expect([second.add(ONE), first.total(ONE), second.total(ONE)]).toEqual([1, 2, 1]);
});

it('forgets the connections of a dead worker, whose table is zeroed, and counts for its replacement', () => {
  const memory = new SharedMemory(SHAPE);
  const [dead, alive] = workers(0, memory) as [AddressCounts, AddressCounts];
  for (const counts of [dead, dead, alive]) counts.add(ONE);
  memory.workers[0]!.addresses.fill(0);
  expect(alive.total(ONE)).toBe(1);
  const [replacement] = workers(0, memory) as [AddressCounts];
  expect([replacement.add(ONE), alive.total(ONE)]).toEqual([2, 2]);
});

it('takes what is no address for nothing', () => {
  const [counts] = workers() as [AddressCounts];
  expect([counts.add(''), counts.total('')]).toEqual([0, 0]);
  counts.remove('');
  counts.remove(ONE);
  expect(counts.add(ONE)).toBe(1);
});

it('gives the rows of addresses that left to others, and finds those that stay', () => {
  const memory = new SharedMemory(SHAPE);
  const [counts, reader] = workers(0, memory) as [AddressCounts, AddressCounts];
  const staying = Array.from({ length: 2_000 }, (_, index) => addressOf(index));
  for (const address of staying) counts.add(address);
  for (let index = 10_000; index < 110_000; index++) {
    counts.add(addressOf(index));
    counts.remove(addressOf(index));
  }
  expect(staying.filter((address) => reader.total(address) !== 1)).toEqual([]);
  expect(rowsInUse(memory, 0)).toBe(2_000);
  for (const address of staying) counts.remove(address);
  expect(rowsInUse(memory, 0)).toBe(0);
});

it('counts on by itself when the table is full, and gives everything back', () => {
  const memory = new SharedMemory(SHAPE);
  const [counts, reader] = workers(0, memory) as [AddressCounts, AddressCounts];
  const addresses = Array.from({ length: 3 * ADDRESS_ROWS }, (_, index) => addressOf(index));
  for (const address of addresses) counts.add(address);
  expect(rowsInUse(memory, 0)).toBeGreaterThan(0.99 * ADDRESS_ROWS);
  expect(addresses.filter((address) => counts.total(address) !== 1)).toEqual([]);
  const unseen = addresses.filter((address) => reader.total(address) === 0);
  expect(unseen).toHaveLength(addresses.length - rowsInUse(memory, 0));
  const beyond = unseen[0]!;
  expect([counts.add(beyond), reader.add(beyond), counts.total(beyond)]).toEqual([2, 1, 3]);
  counts.remove(beyond);
  for (const address of addresses) counts.remove(address);
  expect(rowsInUse(memory, 0)).toBe(0);
  expect(addresses.filter((address) => counts.total(address) !== (address === beyond ? 1 : 0))).toEqual([]);
});

it('keeps the number of an address right when a row falls free between its connections', () => {
  const [counts] = workers() as [AddressCounts];
  const addresses = Array.from({ length: 2 * ADDRESS_ROWS }, (_, index) => addressOf(index));
  for (const address of addresses) counts.add(address);
  const last = addresses.at(-1)!;
  for (const address of addresses.slice(0, -1)) counts.remove(address);
  expect([counts.add(last), counts.add(last)]).toEqual([2, 3]);
  for (const left of [2, 1, 0]) {
    counts.remove(last);
    expect(counts.total(last)).toBe(left);
  }
});

it('never lets threads that add at once see too low a number', async () => {
  const rounds = 20_000;
  const memory = new SharedMemory({ ...SHAPE, workers: 2 });
  const source = `
    const { workerData } = require('node:worker_threads');
    const { addresses, rounds, start } = workerData;
    // What AddressCounts does in its row, at the pace of a thread of its own.
    Atomics.wait(start, 0, 0);
    let row = 0;
    while (addresses[row + 1] === 0) row += ${ADDRESS_CELLS};
    for (let round = 0; round < rounds; round++) { Atomics.add(addresses, row + 1, 1); Atomics.sub(addresses, row + 1, 1); }
  `;
  const other = new AddressCounts(memory, 1, 0);
  other.add(ONE);
  const start = new Int32Array(new SharedArrayBuffer(4));
  const addresses = memory.workers[1]!.addresses;
  const thread = new Worker(source, { eval: true, workerData: { addresses, rounds, start } });
  const exited = once(thread, 'exit');
  const counts = new AddressCounts(memory, 0, 0);
  const seen = new Set<number>();
  await once(thread, 'online');
  Atomics.store(start, 0, 1);
  Atomics.notify(start, 0);
  for (let round = 0; round < rounds; round++) {
    seen.add(counts.add(ONE));
    counts.remove(ONE);
  }
  await exited;
  expect([...seen].filter((total) => total !== 2 && total !== 3)).toEqual([]);
  expect(counts.total(ONE)).toBe(1);
});
