import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemoryLogStore } from '../../../../test/support/memory-log.store.js';
import { RecordingLog } from '../../../../test/support/recording-log.js';
import type { AuditLogRecord } from '../../../common/contract/index.js';
import { AuditLogRecorder } from './audit-log.recorder.js';
import type { AuditEntry } from './audit.entry.js';

const WINDOW_MS = 60_000;
let store: MemoryLogStore<AuditLogRecord>;
let recorder: AuditLogRecorder;

beforeEach(() => {
  vi.useFakeTimers();
  store = new MemoryLogStore();
  recorder = new AuditLogRecorder({ store, maxBuffered: 10_000, log: new RecordingLog() });
});
afterEach(() => {
  vi.useRealTimers();
});

function entry(more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    actor: '',
    role: null,
    tokenId: null,
    address: '192.0.2.1',
    action: 'DELETE /api/v1/services/:name',
    resource: '/api/v1/services/shop',
    outcome: 'refused',
    status: 401,
    code: 'UNAUTHENTICATED',
    revision: null,
    note: '',
    requestId: '',
    ...more,
  };
}

async function stored(): Promise<AuditLogRecord[]> {
  await vi.advanceTimersByTimeAsync(0);
  return [...store.records.values()];
}

it('records each change, however many there are', async () => {
  for (let change = 0; change < 100; change++) recorder.record(entry({ outcome: 'done', status: 204 }));
  const records = await stored();
  expect(records).toHaveLength(100);
  expect(records.every(({ count }) => count === 1)).toBe(true);
});

it('records refusals of one kind at once and then once a minute, with their number and the newest of them', async () => {
  for (let at = 0; at < 50; at++) recorder.record(entry({ resource: `/${at}`, requestId: `${at}` }));
  expect(await stored()).toMatchObject([{ resource: '/0', count: 1 }]);
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  expect(await stored()).toMatchObject([
    { resource: '/0', count: 1 },
    { resource: '/49', requestId: '49', count: 49 },
  ]);
  await vi.advanceTimersByTimeAsync(10 * WINDOW_MS);
  expect(await stored()).toHaveLength(2);
  recorder.record(entry());
  expect(await stored()).toHaveLength(3);
});

it.each([
  ['address', { address: '192.0.2.2' }],
  ['actor', { actor: 'jane' }],
  ['action', { action: 'POST /api/v1/services' }],
  ['status', { status: 429, code: 'TOO_MANY_FAILURES' }],
])('tells kinds apart by %s', async (_, more) => {
  recorder.record(entry());
  recorder.record(entry(more));
  expect(await stored()).toHaveLength(2);
});

it('tells resources apart for somebody known only: nobody else may choose what is a kind', async () => {
  for (let at = 0; at < 5; at++) recorder.record(entry({ resource: `/${at}` }));
  expect(await stored()).toHaveLength(1);
  for (let at = 0; at < 5; at++) recorder.record(entry({ actor: 'jane', resource: `/${at}` }));
  expect(await stored()).toHaveLength(6);
});

it('keeps the number of kinds bounded, and counts what is beyond', async () => {
  for (let at = 0; at < 5_000; at++) recorder.record(entry({ address: `2001:db8::${at.toString(16)}` }));
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  const records = await stored();
  expect(records).toHaveLength(1_002);
  expect(records.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
  expect(records.at(-1)).toMatchObject({ address: '', count: 3_999 });
});

it('hands over at the end what it still counted', async () => {
  for (let at = 0; at < 3; at++) recorder.record(entry());
  await recorder.close(1_000);
  expect(await stored()).toMatchObject([{ count: 1 }, { count: 2 }]);
  expect(recorder.stats()).toMatchObject({ received: 2, stored: 2, lost: 0 });
});

it('keeps tokens out, also ones that would be cut in two, and texts short', async () => {
  const token = `vel_0123456789ab_${'x'.repeat(43)}`;
  recorder.record(entry({ resource: `${'a'.repeat(970)}/${token}`, note: `for ${token}` }));
  const [record] = await stored();
  expect(record?.note).toBe('for vel_0123456789ab_***');
  expect(record?.resource).not.toContain('xxx');
  expect(record?.resource.length).toBeLessThan(1_010);
});
