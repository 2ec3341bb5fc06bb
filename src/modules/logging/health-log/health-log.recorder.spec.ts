import { expect, it } from 'vitest';
import { MemoryLogStore } from '../../../../test/support/memory-log.store.js';
import { RecordingLog } from '../../../../test/support/recording-log.js';
import { type HealthLogRecord, RecordIdSource } from '../../../common/contract/index.js';
import { HealthLogRecorder } from './health-log.recorder.js';

const ids = new RecordIdSource();

function health(kind: HealthLogRecord['kind'], passed: boolean): HealthLogRecord {
  const time = Date.now();
  const state = passed ? 'healthy' : 'unhealthy';
  return {
    id: ids.next(time),
    time,
    kind,
    service: 'shop',
    backend: '00112233445566ff',
    url: 'http://127.0.0.1:8001',
    passed,
    health: state,
    previous: kind === 'change' ? 'unknown' : state,
    status: passed ? 200 : 503,
    durationUs: 800,
    error: passed ? '' : 'status 503',
  };
}

const EVERY_KIND = [
  health('probe', true),
  health('probe', false),
  health('change', true),
  health('change', false),
];

function setUp(mode: 'all' | 'changes') {
  const store = new MemoryLogStore<HealthLogRecord>();
  const recorder = new HealthLogRecorder(mode, { store, maxBuffered: 10_000, log: new RecordingLog() });
  return { store, recorder };
}

it.each([
  ['all', EVERY_KIND],
  ['changes', EVERY_KIND.slice(1)],
] as const)('with "%s" keeps what that says', async (mode, kept) => {
  const { store, recorder } = setUp(mode);
  for (const record of EVERY_KIND) recorder.record(record);
  expect(recorder.stats()).toMatchObject({ received: kept.length, buffered: kept.length });
  expect(await recorder.flush(5_000)).toBe(0);
  expect([...store.records.values()]).toEqual(kept);
});

it('sends by itself: full parcels at once, the rest a little later', async () => {
  const { store, recorder } = setUp('all');
  for (let count = 0; count < 1_203; count++) recorder.record(health('probe', true));
  await store.until(() => store.records.size === 1_203);
  expect(store.appended).toEqual([500, 500, 203]);
  expect(await recorder.close(1_000)).toBe(0);
});
