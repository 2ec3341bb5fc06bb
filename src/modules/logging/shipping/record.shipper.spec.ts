import { expect, it } from 'vitest';
import { Backoff } from '../../../common/backoff.js';
import { MemoryLogStore } from '../../../../test/support/memory-log.store.js';
import { RecordingLog } from '../../../../test/support/recording-log.js';
import { PlainParcel } from './parcel.js';
import { RecordShipper, type ShipperStats } from './record.shipper.js';

interface Entry {
  readonly id: string;
}

function setUp(maxBuffered = 10_000, maxBufferedBytes?: number) {
  const store = new MemoryLogStore<Entry>();
  const log = new RecordingLog();
  const backoff = new Backoff({ baseMs: 1, maxMs: 8 });
  const shipper = new RecordShipper<Entry>({ store, maxBuffered, maxBufferedBytes, log, backoff });
  return { store, log, shipper };
}

let made = 0;
function parcel(count: number) {
  return new PlainParcel(Array.from({ length: count }, () => ({ id: `entry-${made++}` })));
}

function expectBalance({ received, stored, buffered, lost }: ShipperStats): void {
  expect(received).toBe(stored + buffered + lost);
}

it('stores what comes, in appends of at most 1000 and at most two at a time', async () => {
  const { store, shipper } = setUp();
  const release = store.hold();
  for (let index = 0; index < 30; index++) shipper.add(parcel(150));
  shipper.add(parcel(2_500));
  expectBalance(shipper.stats());
  release();
  expect(await shipper.flush(5_000)).toBe(0);
  expect(store.records.size).toBe(7_000);
  expect(Math.max(...store.appended)).toBeLessThanOrEqual(1_000);
  expect(store.maxInFlight).toBe(2);
  expect(shipper.stats()).toMatchObject({
    received: 7_000,
    stored: 7_000,
    buffered: 0,
    lost: 0,
    lastError: '',
  });
  expect(shipper.stats().lastStoredAt).toBeGreaterThan(Date.now() - 10_000);
});

it('keeps everything while the store is away and delivers it on return, in order', async () => {
  const { store, log, shipper } = setUp();
  store.goAway();
  const parcels = Array.from({ length: 40 }, () => parcel(100));
  for (const each of parcels) shipper.add(each);
  await store.until(() => store.attempts >= 8);
  expect(shipper.stats()).toMatchObject({
    received: 4_000,
    stored: 0,
    buffered: 4_000,
    lastError: 'The store is away.',
  });
  store.comeBack();
  expect(await shipper.flush(5_000)).toBe(0);
  const ids = parcels.flatMap((each) => each.open().records).map(({ id }) => id);
  expect([...store.records.keys()]).toEqual(ids);
  expect(log.lines.map(({ message }) => message)).toEqual([
    'the store takes no records; they wait in memory',
    'the store takes records again',
  ]);
});

it('asks a store that is away with one append at a time', async () => {
  const { store, shipper } = setUp();
  store.goAway();
  for (let index = 0; index < 20; index++) shipper.add(parcel(500));
  await store.until(() => store.attempts >= 4);
  store.maxInFlight = 0;
  await store.until(() => store.attempts >= 10);
  expect(store.maxInFlight).toBe(1);
});

it('loses the oldest beyond the cap, counts them and says so', async () => {
  const { store, log, shipper } = setUp(1_000);
  store.goAway();
  const parcels = Array.from({ length: 25 }, () => parcel(100));
  for (const each of parcels) shipper.add(each);
  await store.until(() => store.attempts >= 3 && store.inFlight === 0);
  expect(shipper.stats().buffered).toBeLessThanOrEqual(1_000);
  store.comeBack();
  expect(await shipper.flush(5_000)).toBe(0);
  const stats = shipper.stats();
  expectBalance(stats);
  expect(stats.lost).toBe(1_500);
  expect(store.records.size).toBe(1_000);
  expect(store.records.has(parcels.at(-1)?.open().records.at(-1)?.id ?? '')).toBe(true);
  const losses = log.lines.filter(({ level }) => level === 'error');
  expect(losses).toHaveLength(1);
  expect(losses[0]?.fields).toMatchObject({ why: expect.stringContaining('more than 1000 records waited') });
});

it('loses the oldest beyond the memory they may take, however few they are', async () => {
  const { store, log, shipper } = setUp(10_000, 100_000);
  store.goAway();
  const large = () => {
    const plain = parcel(1);
    return { count: 1, bytes: 20_000, open: () => plain.open() };
  };
  for (let index = 0; index < 40; index++) shipper.add(large());
  await store.until(() => store.attempts >= 3 && store.inFlight === 0);
  const stats = shipper.stats();
  expectBalance(stats);
  expect(stats.buffered).toBeLessThanOrEqual(5);
  const losses = log.lines.filter(({ level }) => level === 'error');
  expect(losses[0]?.fields).toMatchObject({ why: expect.stringContaining('more than 100000 bytes waited') });
});

it('says once why the store failed, however often records are lost', async () => {
  const { store, shipper } = setUp(100);
  store.goAway();
  shipper.add(parcel(10));
  await store.until(() => store.attempts >= 1 && store.inFlight === 0);
  for (let index = 0; index < 50; index++) shipper.add(parcel(60));
  expect(shipper.stats().lastError).toBe('more than 100 records waited: The store is away.');
  await shipper.close(0);
});

it('finds the one record that the store refuses, gives up that one only', async () => {
  const { store, log, shipper } = setUp();
  const parcels = Array.from({ length: 6 }, () => parcel(100));
  const bad = parcels[3]?.open().records[41]?.id ?? '';
  store.poisoned.add(bad);
  for (const each of parcels) shipper.add(each);
  expect(await shipper.flush(10_000)).toBe(0);
  expect(store.records.size).toBe(599);
  expect(store.records.has(bad)).toBe(false);
  expect(shipper.stats()).toMatchObject({ received: 600, stored: 599, buffered: 0, lost: 1 });
  expect(log.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
    why: `the store refuses it: record ${bad} cannot be stored`,
  });
});

it('balances at every moment of a random life', async () => {
  const { store, shipper } = setUp(800);
  for (let step = 0; step < 300; step++) {
    if (step % 37 === 0) store.goAway();
    if (step % 53 === 0) store.comeBack();
    shipper.add(parcel(1 + ((step * 31) % 90)));
    expectBalance(shipper.stats());
    if (step % 5 === 0) await store.until(() => store.inFlight === 0);
    expectBalance(shipper.stats());
  }
  store.comeBack();
  expect(await shipper.flush(5_000)).toBe(0);
  expect(shipper.stats().stored).toBe(store.records.size);
  expectBalance(shipper.stats());
});

it('flush gives up at its deadline and says how much is left', async () => {
  const { store, shipper } = setUp();
  const release = store.hold();
  shipper.add(parcel(70));
  expect(await shipper.flush(20)).toBe(70);
  release();
  expect(await shipper.flush(5_000)).toBe(0);
});

it('close counts what is left as lost, and what comes later too', async () => {
  const { store, log, shipper } = setUp();
  store.goAway();
  shipper.add(parcel(70));
  expect(await shipper.close(20)).toBe(70);
  shipper.add(parcel(3));
  expect(shipper.stats()).toMatchObject({ received: 73, stored: 0, buffered: 0, lost: 73 });
  expect(log.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
    lost: 70,
    why: 'not stored before the shutdown deadline: The store is away.',
  });
  const attempts = store.attempts;
  await new Promise(setImmediate);
  expect(store.attempts).toBe(attempts);
});
