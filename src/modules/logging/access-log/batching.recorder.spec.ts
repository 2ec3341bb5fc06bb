import { describe, expect, it } from 'vitest';
import { RandomRecords } from '../../../../test/support/random-records.js';
import { type AccessLogRecord, decodeAccessLog } from '../../../common/contract/index.js';
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
    const small = {
      ...(sample as AccessLogRecord),
      decision: null,
      headers: null,
      path: '/',
      query: '',
      userAgent: '',
      referer: '',
    };
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
