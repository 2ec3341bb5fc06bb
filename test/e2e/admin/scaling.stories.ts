import { expect, it } from 'vitest';
import { RecordIdSource, type ScalingLogRecord } from '../../../src/common/contract/index.js';
import type { ScalingLogRecorder } from '../../../src/modules/logging/index.js';
import type { DocumentedCall } from './access.stories.js';

export function tellScaling(call: DocumentedCall, recorder: () => ScalingLogRecorder): void {
  it('is shown of the services that have it', async () => {
    expect((await call('get /api/v1/scaling')).body).toEqual({ items: [] });
    const { status, body } = await call('get /api/v1/scaling/{name}');
    expect([status, body]).toMatchObject([404, { code: 'SERVICE_NOT_FOUND' }]);
    expect((await call('get /api/v1/scaling/{name}', { name: 'nobody' })).status).toBe(404);
  });

  it('is logged', async () => {
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
    recorder().record(record);
    expect(await recorder().flush(5_000)).toBe(0);
    const answer = await call('get /api/v1/scaling-logs', { query: '?service=shop&kind=decision' });
    expect(answer.body).toEqual({ items: [record], next: null });
  });
}
