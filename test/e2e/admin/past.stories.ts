import { expect, it } from 'vitest';
import type { AccessLogStore } from '../../../src/modules/logging/index.js';
import { RandomRecords } from '../../support/random-records.js';
import type { DocumentedCall } from './access.stories.js';

export function tellPast(call: DocumentedCall, store: () => AccessLogStore): void {
  it.each(['summary', 'timeseries', 'top', 'latency', 'drops', 'compare'])('is told: %s', async (view) => {
    const answer = await call(`get /api/v1/analytics/${view}`, { query: '?from=-1h' });
    expect(answer.body).toMatchObject({ source: 'rollups', query: {} });
  });

  it('is explained where it was recorded, and what would happen now', async () => {
    const record = { ...new RandomRecords(7).record(), requestId: 'to-be-explained', time: Date.now() };
    await store().append([record]);
    const recorded = await call('get /api/v1/explain/{id}', { id: record.requestId });
    const now = await call('get /api/v1/explain', { query: '?host=nobody.test&path=/&ip=192.0.2.7' });
    expect([recorded.status, now.status]).toEqual([200, 200]);
    expect(recorded.text).toContain(record.id);
    expect(now.text).toContain('nobody.test');
  });
}
