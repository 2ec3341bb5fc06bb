import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { MemoryConsignmentStore } from '../../../../test/support/memory-consignment.store.js';
import { CAN_MOUNT, fillUp, smallDisk } from '../../../../test/support/small-disk.js';
import { encoded, SpoolFixture } from '../../../../test/support/spool.fixture.js';
import { FRAME_HEADER_BYTES, FRAME_MAGIC, SEGMENT_HEADER_BYTES } from '../spool/segment.format.js';

let fixture: SpoolFixture;
beforeEach(() => {
  fixture = new SpoolFixture();
});
afterEach(() => fixture.dispose());

function idsOf(records: readonly { id: string }[]): string[] {
  return records.map(({ id }) => id).toSorted();
}

/** What a killed process leaves: everything is in the spool, nothing in the store. */
async function leftBehind(count: number): Promise<ReturnType<SpoolFixture['records']>> {
  const store = new MemoryConsignmentStore();
  store.log.goAway();
  const earlier = fixture.open(store);
  const records = fixture.accept(earlier, count);
  await earlier.close(0);
  return records;
}

it('brings every record to the store exactly once, with its sums, and leaves nothing behind', async () => {
  const store = new MemoryConsignmentStore();
  const accessLog = fixture.open(store);
  const sent = fixture.accept(accessLog, 6_345);
  expect(await accessLog.flush(10_000)).toBe(0);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent));
  expect(store.counted).toBe(sent.length);
  expect(accessLog.status()).toMatchObject({
    received: 6_345,
    recovered: 0,
    stored: 6_345,
    buffered: 0,
    lost: 0,
    lagMs: 0,
    segments: 1,
  });
  expect(store.deliveries.map(({ sequence }) => sequence)).toEqual(
    store.deliveries.map((_, index) => index + 1),
  );
  expect(await accessLog.close(1_000)).toBe(0);
  expect(fixture.files('.segment')).toEqual([]);
});

it('ships what lingers within a second or so, without being asked', async () => {
  const store = new MemoryConsignmentStore();
  const accessLog = fixture.open(store);
  const sent = fixture.accept(accessLog, 3);
  await store.log.until(() => store.log.records.size === sent.length);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent));
});

it('keeps what the store does not take, for the next start', async () => {
  const store = new MemoryConsignmentStore();
  const sent = await leftBehind(3_000);
  const accessLog = fixture.open(store);
  expect(accessLog.status()).toMatchObject({ recovered: 3_000, received: 0, buffered: 3_000 });
  expect(accessLog.status().lagMs).toBeGreaterThan(0);
  sent.push(...fixture.accept(accessLog, 500));
  expect(await accessLog.flush(10_000)).toBe(0);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent));
  expect(store.counted).toBe(sent.length);
});

it.each([
  ['atomic', { isAtomic: true, maxInFlight: 1 }],
  ['not atomic, several in flight', { isAtomic: false, maxInFlight: 3 }],
])('counts nothing twice when it dies while the store is halfway through (%s)', async (_, options) => {
  const store = new MemoryConsignmentStore(options);
  store.rollupsLeft = options.isAtomic ? Infinity : 300;
  const first = fixture.open(store);
  const sent = fixture.accept(first, 12_000);
  await first.flush(10_000);
  await first.close(0);
  store.rollupsLeft = Infinity;
  store.log.comeBack();
  const second = fixture.open(store);
  sent.push(...fixture.accept(second, 1_000));
  expect(await second.flush(20_000)).toBe(0);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent));
  expect(store.counted).toBe(sent.length);
});

it('goes on by itself when a store that was away is back', async () => {
  const store = new MemoryConsignmentStore({ maxInFlight: 4 });
  store.log.goAway();
  const accessLog = fixture.open(store);
  const sent = fixture.accept(accessLog, 11_000);
  expect(await accessLog.flush(5_000)).toBe(11_000);
  expect(accessLog.status().lastError).toBe('The store is away.');
  store.log.comeBack();
  await store.log.until(() => store.log.records.size === sent.length);
  expect(fixture.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

it('gives up the one record that the store refuses, counted, and stores the others', async () => {
  const store = new MemoryConsignmentStore();
  const accessLog = fixture.open(store);
  const records = fixture.records(600);
  store.log.poisoned.add(records[417]!.id);
  accessLog.accept(encoded(records), records.length);
  await vi.waitFor(
    () => expect(accessLog.status()).toMatchObject({ stored: 599, lost: 1, buffered: 0 }),
    10_000,
  );
  expect(store.log.records.has(records[417]!.id)).toBe(false);
  expect(store.counted).toBe(600);
});

it('cuts off a torn write, and gives all that was whole', async () => {
  const sent = await leftBehind(2_560);
  const [segment] = fixture.files('.segment');
  truncateSync(segment!, readFileSync(segment!).length - 100);
  const store = new MemoryConsignmentStore();
  const accessLog = fixture.open(store);
  expect(await accessLog.flush(10_000)).toBe(0);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent.slice(0, 2_304)));
  expect(accessLog.status()).toMatchObject({ recovered: 2_304, stored: 2_304, corruptFrames: 1 });
});

it('passes over a frame with a flipped bit to the next one, and counts it', async () => {
  const sent = await leftBehind(2_560);
  const [segment] = fixture.files('.segment');
  const bytes = readFileSync(segment!);
  const second = bytes.indexOf(FRAME_MAGIC, SEGMENT_HEADER_BYTES + 1);
  bytes[second + FRAME_HEADER_BYTES + 500]! ^= 4;
  writeFileSync(segment!, bytes);
  const store = new MemoryConsignmentStore();
  const accessLog = fixture.open(store);
  expect(await accessLog.flush(10_000)).toBe(0);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf([...sent.slice(0, 256), ...sent.slice(512)]));
  expect(accessLog.status()).toMatchObject({ stored: 2_304, corruptFrames: 1 });
});

it('sets aside what it does not know, says so, and goes on', async () => {
  const sent = await leftBehind(256);
  const [segment] = fixture.files('.segment');
  const newer = readFileSync(segment!);
  newer.writeUInt16LE(9, 4);
  writeFileSync(segment!.replace('000001.', '000002.'), newer);
  writeFileSync(segment!.replace('000001.', '000003.'), 'somebody else wrote this, and it is long enough');
  writeFileSync(segment!.replace('000001.', '000004.'), '');
  const store = new MemoryConsignmentStore();
  const accessLog = fixture.open(store);
  sent.push(...fixture.accept(accessLog, 10));
  expect(await accessLog.flush(10_000)).toBe(0);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent));
  expect(fixture.files('.set-aside')).toHaveLength(2);
  expect(
    fixture.log.lines
      .filter(({ level }) => level === 'error')
      .map(({ fields }) => (fields as { why: string }).why),
  ).toEqual(['it is of version 9', 'it is no segment of a spool']);
});

it('ships all again under another id when its position is damaged', async () => {
  const sent = await leftBehind(700);
  const [position] = fixture.files('position.json');
  appendFileSync(position!, '}');
  const store = new MemoryConsignmentStore();
  const accessLog = fixture.open(store);
  expect(await accessLog.flush(10_000)).toBe(0);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent));
  expect(
    fixture.log.lines.some(({ message }) => message.startsWith('the position of the spool cannot be read')),
  ).toBe(true);
});

it('removes the oldest segment at its cap, and says what that cost', async () => {
  const store = new MemoryConsignmentStore();
  store.log.goAway();
  const accessLog = fixture.open(store, { maxBytes: 4 * 2 ** 20, segmentBytes: 2 ** 20 });
  const sent = fixture.accept(accessLog, 20_000);
  const { lost, buffered, spooledBytes } = accessLog.status();
  expect(spooledBytes).toBeLessThanOrEqual(4 * 2 ** 20);
  expect(lost).toBeGreaterThan(5_000);
  expect(lost + buffered).toBe(20_000);
  expect(fixture.log.lines.filter(({ message }) => message === 'log records are lost')).toHaveLength(1);
  store.log.comeBack();
  expect(await accessLog.flush(20_000)).toBe(0);
  const kept = new Set(store.log.records.keys());
  expect(kept.size).toBe(20_000 - lost);
  expect(sent.slice(-1_000).every(({ id }) => kept.has(id))).toBe(true);
});

it('gives two at a time a spool each, and the one that stays ships what the other has left', async () => {
  const store = new MemoryConsignmentStore();
  const away = new MemoryConsignmentStore();
  away.log.goAway();
  const first = fixture.open(away);
  const second = fixture.open(store);
  const sent = [...fixture.accept(first, 1_000), ...fixture.accept(second, 1_000)];
  expect(await second.flush(10_000)).toBe(0);
  expect(store.log.records.size).toBe(1_000);
  expect(new Set(fixture.files('lock').map((path) => path.split('/').at(-2))).size).toBe(2);
  await first.close(0);
  await store.log.until(() => store.log.records.size === 2_000);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent));
  await vi.waitFor(() => expect(fixture.files('lock')).toHaveLength(1), 5_000);
  expect(second.status()).toMatchObject({ received: 1_000, recovered: 1_000, stored: 2_000, buffered: 0 });
});

it.skipIf(!CAN_MOUNT)(
  'waits in memory on a full disk, up to a limit, and goes on by itself when there is room',
  async () => {
    const disk = smallDisk(24 * 2 ** 20);
    const onDisk = new SpoolFixture(3, disk);
    onTestFinished(() => onDisk.dispose());
    const store = new MemoryConsignmentStore({ isAtomic: false });
    store.log.goAway();
    const accessLog = onDisk.open(store, { maxBuffered: 4_000 });
    const ballast = join(disk, 'ballast');
    fillUp(ballast);
    onDisk.accept(accessLog, 6_000);
    const { lost, buffered, lastError } = accessLog.status();
    expect(lost).toBeGreaterThan(1_000);
    expect(lost + buffered).toBe(6_000);
    expect(lastError).toMatch(/ENOSPC|only a part was written/);
    rmSync(ballast);
    store.log.comeBack();
    await vi.waitFor(
      () => expect(accessLog.status()).toMatchObject({ stored: 6_000 - lost, buffered: 0, lost }),
      15_000,
    );
    expect(store.counted).toBe(6_000 - lost);
  },
);

it('takes records while its folder cannot be made, and opens it as soon as it can', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'velocity-spool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'spool'), 'in the way');
  const blocked = new SpoolFixture(4, folder);
  onTestFinished(() => blocked.dispose());
  const store = new MemoryConsignmentStore();
  const accessLog = blocked.open(store);
  const sent = blocked.accept(accessLog, 300);
  expect(accessLog.status()).toMatchObject({ received: 300, buffered: 300, lost: 0, segments: 0 });
  rmSync(join(folder, 'spool'));
  await store.log.until(() => store.log.records.size === sent.length);
});

it('tells no negative age when the clock is set back', async () => {
  const store = new MemoryConsignmentStore();
  store.log.goAway();
  const accessLog = fixture.open(store);
  const sent = fixture.accept(accessLog, 10);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 86_400_000 });
  try {
    expect(accessLog.status().lagMs).toBe(0);
    sent.push(...fixture.accept(accessLog, 10));
  } finally {
    vi.useRealTimers();
  }
  store.log.comeBack();
  expect(await accessLog.flush(10_000)).toBe(0);
  expect(idsOf([...store.log.records.values()])).toEqual(idsOf(sent));
});
