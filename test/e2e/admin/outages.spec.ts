import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BackendOutages, monotonicMs } from '../../../src/common/contract/index.js';
import { AdminApplication } from './admin.application.js';
import { ApiDocument } from './api.document.js';
import { documentedCall, type DocumentedOptions } from './documented.call.js';

let admin: AdminApplication;
let documented: ApiDocument;

beforeAll(async () => {
  admin = await AdminApplication.start();
  documented = await ApiDocument.of(admin);
});
afterAll(() => admin.stop());

const call = (operation: string, options: DocumentedOptions = {}) =>
  documentedCall({ admin, documented }, operation, options);

it('shows that a backend is ejected, and lets it return when an operator says so', async () => {
  const backends = ['http://127.0.0.1:9', 'http://127.0.0.2:9'];
  const made = await call('post /api/v1/services', {
    body: { name: 'shop', backends, health: { type: 'none' } },
  });
  const { id } = (made.body as { backends: [{ id: string }] }).backends[0];
  const { memory, publisher, events } = admin.parts;
  const service = publisher.current()!.snapshot.services[0]!;
  const backend = service.backends.find((one) => one.id === id)!;
  // As a worker does it.
  const outages = new BackendOutages(memory, 0, (event) => events.accept(event, 0));
  const eject = () => {
    for (let count = 0; count < 5; count++) outages.failed(service, backend, monotonicMs());
  };
  eject();
  const shown = await call('get /api/v1/services/{name}/backends/{id}', { id });
  expect(shown.body).toMatchObject({ available: false, breaker: 'closed' });
  const { ejectedUntil } = shown.body as { ejectedUntil: number };
  expect(ejectedUntil - Date.now()).toBeGreaterThan(15_000);
  const health = await call('get /api/v1/services/{name}/health');
  expect(health.body).toMatchObject({ available: 1 });
  const returned = await call('post /api/v1/services/{name}/backends/{id}/return', { id });
  expect([returned.status, returned.body]).toMatchObject([200, { id, ejectedUntil: null, available: true }]);
  eject();
  const all = await call('post /api/v1/services/{name}/return');
  expect([all.status, all.body]).toMatchObject([200, { name: 'shop', breaker: 'closed' }]);
  expect(all.body).toMatchObject({ backends: service.backends.map(() => ({ ejectedUntil: null })) });
  const unknown = await call('post /api/v1/services/{name}/backends/{id}/return', { id: 'nobody' });
  expect(unknown.status).toBe(404);
  await vi.waitFor(async () => {
    const log = await call('get /api/v1/health-logs', { query: '?kind=ejection' });
    const out = { kind: 'ejection', backend: id, passed: false };
    expect((log.body as { items: object[] }).items).toMatchObject([
      { kind: 'ejection', backend: id, passed: true, error: '' },
      out,
      { kind: 'ejection', backend: id, passed: true, health: 'healthy' },
      { ...out, error: expect.stringMatching(/^5 failures in a row: out until /) as string },
    ]);
  });
});
