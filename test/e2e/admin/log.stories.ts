import { expect, it } from 'vitest';
import { RecordIdSource, type ScalingLogRecord } from '../../../src/common/contract/index.js';
import { ACCESS_LOG_STORE, type AccessLogStore, ScalingLogRecorder } from '../../../src/modules/logging/index.js';
import { RandomRecords } from '../../support/random-records.js';
import type { DocumentedCall } from './access.stories.js';
import type { AdminApplication } from './admin.application.js';

export function tellScalingLog(call: DocumentedCall, admin: () => AdminApplication): void {
  it('has what was decided, and why', async () => {
    const time = Date.now();
    const record: ScalingLogRecord = {
      id: new RecordIdSource().next(time),
      time,
      service: 'shop',
      kind: 'decision',
      current: 2,
      desired: 5,
      backend: null,
      instance: '',
      metric: 'inFlight',
      metrics: { inFlight: 24 },
      limits: ['max'],
      reason: '24 in flight for 2 backends are 12 each, target 5: 5 wanted',
    };
    const recorder = admin().app.get(ScalingLogRecorder, { strict: false });
    recorder.record(record);
    expect(await recorder.flush(5_000)).toBe(0);
    const answer = await call('get /api/v1/scaling-logs', { query: '?service=shop&kind=decision' });
    expect(answer.body).toEqual({ items: [record], next: null });
  });
}

export function tellRelativeTimes(call: DocumentedCall, admin: () => AdminApplication): void {
  it.each([
    'get /api/v1/access-logs',
    'get /api/v1/health-logs',
    'get /api/v1/services/{name}/health/history',
  ])('mean the same moment on every page of %s', async (operation) => {
    const random = new RandomRecords(20_260_102);
    const recent = Array.from({ length: 3 }, () => ({ ...random.record(), time: Date.now() - 1_000 }));
    await admin().app.get<AccessLogStore>(ACCESS_LOG_STORE, { strict: false }).append(recent);
    const before = Date.now();
    let { next } = (await call(operation, { query: '?from=-1h&limit=1' })).body as { next: string };
    const times: number[] = [];
    for (let page = 0; page < 2; page++) {
      times.push(Number(new URL(next, 'http://localhost').searchParams.get('from')));
      ({ next } = (await admin().call('GET', next)).body as { next: string });
    }
    expect(times[0]).toBeGreaterThanOrEqual(before - 3_600_000);
    expect(times[0]).toBeLessThanOrEqual(Date.now() - 3_600_000);
    expect(times[1]).toBe(times[0]);
  });
}
