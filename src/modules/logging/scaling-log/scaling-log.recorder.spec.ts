import { expect, it } from 'vitest';
import { MemoryLogStore } from '../../../../test/support/memory-log.store.js';
import { RecordingLog } from '../../../../test/support/recording-log.js';
import { RecordIdSource, type ScalingLogRecord } from '../../../common/contract/index.js';
import { ScalingLogRecorder } from './scaling-log.recorder.js';

const ids = new RecordIdSource();

function decision(desired: number): ScalingLogRecord {
  const time = Date.now();
  return {
    id: ids.next(time),
    time,
    service: 'shop',
    kind: 'decision',
    current: 1,
    desired,
    backend: null,
    instance: '',
    metric: 'inFlight',
    metrics: { inFlight: 40 },
    limits: ['step'],
    reason: '40 in flight for 1 backend, target 20: 2 wanted',
  };
}

it('tells of each record at once, and stores all of them', async () => {
  const store = new MemoryLogStore<ScalingLogRecord>();
  const recorder = new ScalingLogRecorder({ store, maxBuffered: 100, log: new RecordingLog() });
  const told: ScalingLogRecord[] = [];
  recorder.onRecord((record) => told.push(record));
  const records = [decision(2), decision(3), decision(4)];
  for (const record of records) recorder.record(record);
  expect(told).toEqual(records);
  expect(recorder.stats().received).toBe(3);
  expect(await recorder.flush(5_000)).toBe(0);
  expect([...store.records.values()]).toEqual(records);
  await recorder.close(5_000);
  recorder.record(decision(5));
  expect(recorder.stats()).toMatchObject({ received: 4, stored: 3, lost: 1 });
});
