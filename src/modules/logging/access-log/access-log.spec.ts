import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { MemoryLogStore } from '../../../../test/support/memory-log.store.js';
import { RandomRecords } from '../../../../test/support/random-records.js';
import { RecordingLog } from '../../../../test/support/recording-log.js';
import { type AccessLogRecord, decodeAccessLog } from '../../../common/contract/index.js';
import { AccessLogShipper } from './access-log.shipper.js';
import { BatchingRecorder } from './batching.recorder.js';

function records(count: number, seed = 1): AccessLogRecord[] {
  const random = new RandomRecords(seed);
  return Array.from({ length: count }, () => random.record());
}

describe('recorder', () => {
  it('hands over after 256 records or 64 KiB, whichever comes first', () => {
    const sizes: { bytes: number; records: number }[] = [];
    const recorder = new BatchingRecorder((batch, count) =>
      sizes.push({ bytes: batch.byteLength, records: count }),
    );
    const [sample] = records(1);
    const small = { ...(sample as AccessLogRecord), path: '/', query: '', userAgent: '', referer: '' };
    for (let count = 0; count < 600; count++) recorder.record(small);
    expect(sizes.map((size) => size.records)).toEqual([256, 256]);
    recorder.flush();
    expect(sizes[2]?.records).toBe(88);
    const large = { ...small, path: '/' + 'x'.repeat(8_000) };
    for (let count = 0; count < 9; count++) recorder.record(large);
    expect(sizes[3]?.records).toBe(9);
    expect(sizes[3]?.bytes).toBeGreaterThanOrEqual(64 * 1024);
    recorder.flush();
    expect(sizes).toHaveLength(4);
  });

  it('hands over what there is after its linger time, again and again, with one timer', async () => {
    let arrived = Promise.withResolvers<number>();
    const limits = { bytes: 65_536, records: 256, lingerMs: 20 };
    const recorder = new BatchingRecorder((_, count) => arrived.resolve(count), limits);
    const keepAlive = setInterval(() => undefined, 1_000);
    for (const count of [3, 1, 2]) {
      for (const record of records(count)) recorder.record(record);
      expect(await arrived.promise).toBe(count);
      arrived = Promise.withResolvers<number>();
    }
    clearInterval(keepAlive);
  });

  it('never throws; a malformed id is counted', () => {
    const batches: ArrayBuffer[] = [];
    const recorder = new BatchingRecorder((batch) => batches.push(batch));
    const [good] = records(1) as [AccessLogRecord];
    recorder.record({ ...good, id: 'nonsense' });
    recorder.record(good);
    recorder.flush();
    expect(recorder.refused).toBe(1);
    expect(batches.flatMap((batch) => decodeAccessLog(batch).records)).toEqual([good]);
  });
});

describe('from a worker to the store', () => {
  function shipperTo(store: MemoryLogStore<AccessLogRecord>, log = new RecordingLog()): AccessLogShipper {
    return new AccessLogShipper({ store, maxBuffered: 100_000, log });
  }

  it('brings every record over a real port, transferred, exactly once', async () => {
    const store = new MemoryLogStore<AccessLogRecord>();
    const shipper = shipperTo(store);
    const { port1, port2 } = new MessageChannel();
    const sent = records(2_000, 7);
    const ended = Promise.withResolvers<void>();
    port2.on('message', (message: { batch: ArrayBuffer; records: number } | 'end') => {
      if (message === 'end') ended.resolve();
      else shipper.accept(message.batch, message.records);
    });
    const recorder = new BatchingRecorder((batch, count) => {
      port1.postMessage({ batch, records: count }, [batch]);
      expect(batch.byteLength).toBe(0);
    });
    for (const record of sent) recorder.record(record);
    recorder.flush();
    port1.postMessage('end');
    await ended.promise;
    expect(await shipper.flush(5_000)).toBe(0);
    expect([...store.records.values()]).toEqual(sent);
    expect(shipper.stats()).toMatchObject({ received: 2_000, stored: 2_000, lost: 0 });
    port1.close();
  });

  it('stores what is whole of a damaged batch and counts the rest as lost', async () => {
    const store = new MemoryLogStore<AccessLogRecord>();
    const log = new RecordingLog();
    const shipper = shipperTo(store, log);
    const recorder = new BatchingRecorder((batch, count) =>
      shipper.accept(batch.slice(0, batch.byteLength - 5), count),
    );
    for (const record of records(10)) recorder.record(record);
    recorder.flush();
    expect(await shipper.flush(5_000)).toBe(0);
    expect(store.records.size).toBe(9);
    expect(shipper.stats()).toMatchObject({
      received: 10,
      stored: 9,
      buffered: 0,
      lost: 1,
      lastError: 'Access-log batch is torn: it ends within record 10.',
    });
    expect(log.lines.map(({ level }) => level)).toEqual(['error']);
  });

  it('does not spin or stop on a batch that holds nothing readable', async () => {
    const store = new MemoryLogStore<AccessLogRecord>();
    const shipper = shipperTo(store);
    shipper.accept(new ArrayBuffer(64), 5);
    expect(await shipper.flush(5_000)).toBe(0);
    expect(shipper.stats()).toMatchObject({ received: 5, stored: 0, buffered: 0, lost: 5 });
  });
});
