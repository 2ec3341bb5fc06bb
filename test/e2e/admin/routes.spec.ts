import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { BACKEND_CELLS, BackendCell } from '../../../src/common/contract/index.js';
import { Coordination } from '../../../src/modules/coordination/index.js';
import {
  ACCESS_LOG_STORE,
  type AccessLogStore,
  HealthLogRecorder,
} from '../../../src/modules/logging/index.js';
import { listening } from '../../support/listening.js';
import { RandomRecords } from '../../support/random-records.js';
import { AdminApplication, type ApiAnswer } from './admin.application.js';
import { ApiDocument } from './api.document.js';
import { tellBans, tellTokens } from './access.stories.js';
import { EventSource } from '../../support/event-source.js';
import { documentedCall, type DocumentedOptions } from './documented.call.js';

/** These specs tell one story in order: each needs what the ones before it made. */
let admin: AdminApplication;
let documented: ApiDocument;
let origin: Server;
let originUrl: string;

beforeAll(async () => {
  origin = createServer((_, response) => void response.end('ok'));
  originUrl = await listening(origin);
  admin = await AdminApplication.start();
  documented = await ApiDocument.of(admin);
});
afterAll(async () => {
  await admin.stop();
  origin.close();
});

const call = (operation: string, options: DocumentedOptions = {}): Promise<ApiAnswer> =>
  documentedCall({ admin, documented }, operation, options);

const revisionOf = (answer: ApiAnswer) => Number(answer.headers.get('velocity-revision'));

describe('services', () => {
  it('are none at first', async () => {
    expect((await call('get /api/v1/services')).body).toEqual({ items: [], next: null });
  });

  it('are added: 201 with Location and the revision, and published when that is answered', async () => {
    const before = revisionOf(await call('get /api/v1/services'));
    const definition = { name: 'shop', hosts: ['shop.example.com'], backends: [originUrl] };
    const answer = await call('post /api/v1/services', { body: definition });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/v1/services/shop');
    expect(revisionOf(answer)).toBe(before + 1);
    expect(answer.body).toMatchObject({
      name: 'shop',
      definition: { name: 'shop', hosts: ['shop.example.com'], backends: [{ url: originUrl }] },
      effective: { hosts: ['shop.example.com'], paths: ['/'], retries: { attempts: 2 } },
      backends: [
        { service: 'shop', url: originUrl, weight: 1, backup: false, state: 'enabled', inFlight: 0 },
      ],
    });
    expect(admin.parts.publisher.current()).toMatchObject({
      revision: before + 1,
      services: [{ config: { name: 'shop' } }],
    });
    expect((await call('get /api/v1/services/{name}')).body).toMatchObject({ name: 'shop' });
  });

  it('are replaced as a whole, by what GET answered too', async () => {
    const body = { backends: [{ url: originUrl, weight: 5 }], paths: ['/a'] };
    const replaced = await call('put /api/v1/services/{name}', { body });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({
      definition: { name: 'shop', paths: ['/a'] },
      effective: { hosts: [], paths: ['/a'] },
      backends: [{ weight: 5 }],
    });
    const { definition } = replaced.body as { definition: object };
    const again = await call('put /api/v1/services/{name}', { body: definition });
    expect((again.body as { definition: object }).definition).toEqual(definition);
  });

  it('keep their names', async () => {
    const answer = await call('put /api/v1/services/{name}', { body: { name: 'store' } });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'CONFIG_INVALID', issues: [{ path: 'name' }] });
  });

  it('that are unknown are refused with the nearest one', async () => {
    for (const operation of ['get', 'delete', 'put']) {
      const body = operation === 'put' ? { name: 'shp' } : undefined;
      const answer = await call(`${operation} /api/v1/services/{name}`, { name: 'shp', body });
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: 'SERVICE_NOT_FOUND' });
      expect(answer.text).toContain('There is no service shp. Did you mean shop?');
    }
  });
});

describe('backends', () => {
  let id: string;

  it('are added: 201 with Location', async () => {
    const url = 'http://127.0.0.1:9';
    const answer = await call('post /api/v1/services/{name}/backends', { body: { url, weight: 2 } });
    expect(answer.status).toBe(201);
    ({ id } = answer.body as { id: string });
    expect(answer.headers.get('location')).toBe(`/api/v1/services/shop/backends/${id}`);
    expect(answer.body).toMatchObject({ service: 'shop', url, weight: 2, state: 'enabled' });
    const list = await call('get /api/v1/services/{name}/backends');
    expect(list.body).toMatchObject({ items: [{ url: originUrl }, { id, url }] });
  });

  it('are added by their address alone', async () => {
    const answer = await call('post /api/v1/services/{name}/backends', { body: '"http://127.0.0.1:10"' });
    expect(answer.body).toMatchObject({ url: 'http://127.0.0.1:10', weight: 1 });
  });

  it('exist once', async () => {
    const body = { url: 'http://127.0.0.1:9/' };
    const answer = await call('post /api/v1/services/{name}/backends', { body });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'BACKEND_EXISTS' });
  });

  it('are changed', async () => {
    const body = { state: 'draining', weight: 7, backup: true };
    const answer = await call('patch /api/v1/services/{name}/backends/{id}', { id, body });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id, ...body, available: false });
    expect((await call('get /api/v1/services/{name}/backends/{id}', { id })).body).toMatchObject(body);
    const published = admin.parts.publisher.current()!.services[0]!;
    expect(published.snapshot.backends.find((backend) => backend.id === id)).toMatchObject({ weight: 7 });
  });

  it('show what is in flight', async () => {
    const published = admin.parts.publisher.current()!.services[0]!;
    const { slot } = published.snapshot.backends.find((backend) => backend.id === id)!;
    const cell = slot * BACKEND_CELLS + BackendCell.inFlight;
    Atomics.store(admin.parts.memory.backends, cell, 3);
    const answer = await call('get /api/v1/services/{name}/backends/{id}', { id });
    Atomics.store(admin.parts.memory.backends, cell, 0);
    expect(answer.body).toMatchObject({ inFlight: 3 });
  });

  // What it ends is told in outages.spec.ts.
  it('return from ejections and open breakers, alone and all together', async () => {
    const one = await call('post /api/v1/services/{name}/backends/{id}/return', { id });
    expect(one.body).toMatchObject({ id, ejectedUntil: null, breaker: 'closed' });
    const all = await call('post /api/v1/services/{name}/return');
    expect(all.body).toMatchObject({ name: 'shop', breaker: 'closed' });
  });

  it('are removed', async () => {
    expect((await call('delete /api/v1/services/{name}/backends/{id}', { id })).status).toBe(204);
    for (const method of ['get', 'delete', 'patch']) {
      const body = method === 'patch' ? { weight: 1 } : undefined;
      const answer = await call(`${method} /api/v1/services/{name}/backends/{id}`, { id, body });
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: 'BACKEND_NOT_FOUND' });
    }
  });
});

describe('health', () => {
  it('is shown for each backend, with its history', async () => {
    await admin.judged(2);
    await admin.app.get(HealthLogRecorder, { strict: false }).flush(5_000);
    const answer = await call('get /api/v1/services/{name}/health', { query: '?history=3' });
    expect(answer.body).toMatchObject({
      service: 'shop',
      available: 1,
      backends: [
        { url: originUrl, health: 'healthy', available: true, lastProbe: { passed: true, error: '' } },
        { url: 'http://127.0.0.1:10', health: 'unhealthy', available: false, lastProbe: { passed: false } },
      ],
    });
    const { history } = answer.body as { history: unknown[] };
    expect(history).toHaveLength(3);
  });

  it('is recorded, in pages that link to the next', async () => {
    const whole = await call('get /api/v1/services/{name}/health/history');
    const { items } = whole.body as { items: { id: string }[] };
    expect(items.length).toBeGreaterThanOrEqual(4);
    const first = await call('get /api/v1/services/{name}/health/history', { query: '?limit=2' });
    const page = first.body as { items: unknown[]; next: string };
    expect(page.items).toEqual(items.slice(0, 2));
    expect(page.next).toMatch(/^\/api\/v1\/services\/shop\/health\/history\?limit=2&cursor=/);
    const second = await admin.call('GET', page.next);
    expect((second.body as { items: unknown[] }).items).toEqual(items.slice(2, 4));
  });

  it('is logged for all services', async () => {
    const answer = await call('get /api/v1/health-logs', { query: '?kind=change&health=unhealthy' });
    const { items, next } = answer.body as { items: object[]; next: null };
    expect(next).toBeNull();
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'change', url: 'http://127.0.0.1:10', health: 'unhealthy' }),
    );
  });
});

describe('access logs', () => {
  it('are filtered and paged', async () => {
    const random = new RandomRecords(20_260_101);
    const records = Array.from({ length: 25 }, (_, index) => ({
      ...random.record(),
      time: 1_750_000_000_000 + index,
      service: index % 5 === 0 ? 'other' : 'shop',
    }));
    await admin.app.get<AccessLogStore>(ACCESS_LOG_STORE, { strict: false }).append(records);
    const expected = records.filter((record) => record.service === 'shop').reverse();
    const found: unknown[] = [];
    let next: string | null = '/api/v1/access-logs?service=shop&limit=6';
    while (next !== null) {
      const query = next.slice(next.indexOf('?'));
      const answer: ApiAnswer = await call('get /api/v1/access-logs', { query });
      const page = answer.body as { items: unknown[]; next: string | null };
      found.push(...page.items);
      ({ next } = page);
    }
    expect(found).toEqual(expected);
  });
});

it('explains what was recorded, and what would happen now', async () => {
  const record = { ...new RandomRecords(7).record(), requestId: 'to-be-explained', time: Date.now() };
  await admin.app.get<AccessLogStore>(ACCESS_LOG_STORE, { strict: false }).append([record]);
  const recorded = await call('get /api/v1/explain/{id}', { id: record.requestId });
  const now = await call('get /api/v1/explain', { query: '?host=nobody.test&path=/&ip=192.0.2.7' });
  expect([recorded.status, now.status]).toEqual([200, 200]);
  expect(recorded.text).toContain(record.id);
  expect(now.text).toContain('nobody.test');
});

describe('events', () => {
  it.each(['/api/v1/events/overview', '/api/v1/events/access-logs'])('stream from %s', async (path) => {
    const source = await EventSource.open(admin.url + path, admin.token.value);
    const { status, headers } = source;
    documented.check({ status, headers, text: '', body: null }, 'get', path);
    expect(status).toBe(200);
    source.close();
  });
});

describe('the past', () => {
  it.each(['summary', 'timeseries', 'top', 'latency', 'drops', 'compare'])('is told: %s', async (view) => {
    const answer = await call(`get /api/v1/analytics/${view}`, { query: '?from=-1h' });
    expect(answer.body).toMatchObject({ source: 'rollups', query: {} });
  });
});

describe('times that are relative to now', () => {
  it.each([
    'get /api/v1/access-logs',
    'get /api/v1/health-logs',
    'get /api/v1/services/{name}/health/history',
  ])('mean the same moment on every page of %s', async (operation) => {
    const random = new RandomRecords(20_260_102);
    const recent = Array.from({ length: 3 }, () => ({ ...random.record(), time: Date.now() - 1_000 }));
    await admin.app.get<AccessLogStore>(ACCESS_LOG_STORE, { strict: false }).append(recent);
    const before = Date.now();
    let { next } = (await call(operation, { query: '?from=-1h&limit=1' })).body as { next: string };
    const times: number[] = [];
    for (let page = 0; page < 2; page++) {
      times.push(Number(new URL(next, 'http://localhost').searchParams.get('from')));
      ({ next } = (await admin.call('GET', next)).body as { next: string });
    }
    expect(times[0]).toBeGreaterThanOrEqual(before - 3_600_000);
    expect(times[0]).toBeLessThanOrEqual(Date.now() - 3_600_000);
    expect(times[1]).toBe(times[0]);
  });
});

describe('the whole', () => {
  it('is shared by the balancers that say that they are there', async () => {
    admin.app.get(Coordination, { strict: false }).start();
    await vi.waitFor(async () => {
      const { body } = await call('get /api/v1/balancers');
      expect(body).toMatchObject({ items: [{ self: true, pid: process.pid }] });
    }, 10_000);
  });

  it('is shown by status', async () => {
    const { body } = await call('get /api/v1/status');
    expect(body).toMatchObject({
      revision: admin.parts.publisher.current()!.revision,
      generation: admin.parts.publisher.current()!.snapshot.generation,
      persisted: true,
      store: { driver: 'sqlite', state: 'connected' },
      ledger: { received: 0, forwarded: 0, dropped: 0, inFlight: 0 },
    });
  });

  it('is shown as it is written, in JSON and in YAML', async () => {
    const json = await call('get /api/v1/config');
    expect(json.body).toMatchObject({
      services: [{ name: 'shop', backends: [{ url: originUrl, weight: 5 }, {}] }],
    });
    const yaml = await call('get /api/v1/config', { headers: { accept: 'application/yaml' } });
    expect(yaml.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(parse(yaml.text)).toEqual(json.body);
  });

  it('has revisions, in pages that link to the next', async () => {
    const all = await call('get /api/v1/revisions');
    const { items } = all.body as { items: { number: number; origin: string; author: string }[] };
    expect(items[0]).toMatchObject({ origin: 'api', author: 'admin token (127.0.0.1)' });
    expect(items[0]!.number).toBe(revisionOf(await call('get /api/v1/config')));
    const first = (await call('get /api/v1/revisions', { query: '?limit=2' })).body as { next: string };
    const second = (await admin.call('GET', first.next)).body as { items: unknown[] };
    expect(second.items).toEqual(items.slice(2, 4));
  });

  it.each(['?limit=0', '?limit=1001', '?limit=many', '?limit=1&limit=2', '?before=-1', '?from=1'])(
    'refuses revisions%s',
    async (query) => {
      const answer = await call('get /api/v1/revisions', { query });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'REQUEST_INVALID' });
    },
  );

  it.each([
    'get /api/v1/access-logs ?statsu=500',
    'get /api/v1/access-logs ?limit=0',
    'get /api/v1/access-logs ?from=yesterday',
    'get /api/v1/health-logs ?kind=pulse',
    'get /api/v1/audit-logs ?outcome=maybe',
    'get /api/v1/audit-logs ?who=jane',
    'get /api/v1/services/{name}/health ?histroy=3',
    'get /api/v1/services/{name}/health ?history=many',
    'get /api/v1/services/{name}/health ?history=1&history=2',
    'get /api/v1/services/{name}/health ?history=1001',
    'get /api/v1/services/{name}/health/history ?service=other',
  ])('refuses %s', async (operation) => {
    const query = operation.slice(operation.indexOf('?'));
    const answer = await call(operation, { query });
    expect(answer.status).toBe(400);
    const [{ path }] = (answer.body as { issues: [{ path: string }] }).issues;
    expect(query).toMatch(new RegExp(`^\\?${path}=`));
  });
});

describe('bans', () => {
  tellBans(call);
});

describe('tokens', () => {
  tellTokens(call);
});

describe('ourselves', () => {
  it('live and are ready', async () => {
    expect((await call('get /health/live', { token: null })).body).toEqual({ status: 'ok' });
    const ready = await call('get /health/ready', { token: null });
    expect(ready.body).toEqual({ status: 'ok', parts: { workers: 'up', config: 'up', store: 'up' } });
  });

  it('are not ready without a listening worker, and do not say why to everybody', async () => {
    admin.parts.workers.listening = 0;
    const answer = await call('get /health/ready', { token: null });
    admin.parts.workers.listening = 1;
    expect(answer.status).toBe(503);
    expect(answer.body).toEqual({ status: 'error', parts: { workers: 'down', config: 'up', store: 'up' } });
  });

  it('are measured, as a whole and by service', async () => {
    const whole = await call('get /metrics', { token: null });
    expect(whole.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(whole.text).toContain('velocity_exchanges_received_total');
    const one = await call('get /metrics', { query: '?service=shop' });
    expect(one.text).toContain('service="shop"');
    expect(one.text).not.toContain('process_cpu');
    expect((await call('get /metrics', { query: '?service=shp' })).status).toBe(404);
  });
});

describe('without the store', () => {
  it('writes are refused with 503 and Retry-After, nothing changes, and we are degraded', async () => {
    const before = (await call('get /api/v1/config')).text;
    await admin.store.close();
    await admin.parts.accessLogConnection!.close();
    const attempts: [string, DocumentedOptions][] = [
      ['post /api/v1/services', { body: { name: 'late' } }],
      ['put /api/v1/services/{name}', { body: {} }],
      ['delete /api/v1/services/{name}', {}],
      ['post /api/v1/services/{name}/backends', { body: { url: 'http://127.0.0.1:11' } }],
      ['get /api/v1/revisions', {}],
      ['get /api/v1/audit-logs', {}],
      ['get /api/v1/tokens', {}],
      ['post /api/v1/tokens', { body: { name: 'late', role: 'viewer' } }],
    ];
    for (const [operation, options] of attempts) {
      const answer = await call(operation, options);
      expect(answer.status, operation).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.body).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
    expect((await call('get /api/v1/config')).text).toBe(before);
    const ready = await call('get /health/ready');
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({ status: 'degraded', parts: { store: 'degraded' } });
    await admin.store.open();
    await admin.parts.accessLogConnection!.open();
    expect((await call('get /health/ready')).body).toMatchObject({ status: 'ok' });
  });

  it('that came back, services are removed', async () => {
    const answer = await call('delete /api/v1/services/{name}');
    expect(answer.status).toBe(204);
    expect(admin.parts.publisher.current()!.services).toEqual([]);
  });
});

describe('many services', () => {
  it('come by name, in pages that link to the next', async () => {
    const names = ['delta', 'alpha', 'charlie', 'bravo', 'echo'];
    for (const name of names) {
      const body = { name, hosts: [`${name}.test`] };
      expect((await admin.call('POST', '/api/v1/services', { body })).status).toBe(201);
    }
    const found: string[] = [];
    let next: string | null = '/api/v1/services?limit=2';
    while (next !== null) {
      const answer: ApiAnswer = await call('get /api/v1/services', { query: next.slice(next.indexOf('?')) });
      const page = answer.body as { items: { name: string }[]; next: string | null };
      expect(page.items.length).toBeLessThanOrEqual(2);
      found.push(...page.items.map(({ name }) => name));
      ({ next } = page);
    }
    expect(found).toEqual(names.toSorted());
    for (const name of names) await admin.call('DELETE', `/api/v1/services/${name}`);
  });

  it.each(['?limit=0', '?limit=1001', '?limit=1&limit=2', '?cursor=%21', '?name=shop'])(
    'refuse to be listed with %s',
    async (query) => {
      const answer = await call('get /api/v1/services', { query });
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([400, 'REQUEST_INVALID']);
    },
  );
});

describe('the state as a whole', () => {
  const shop = { name: 'shop', hosts: ['shop.test'], backends: ['http://127.0.0.1:1'] };
  const yaml = { 'content-type': 'application/yaml' };

  it('is planned without being changed', async () => {
    const before = revisionOf(await call('get /api/v1/config'));
    const body = `storage: { driver: sqlite }\nservices: [${JSON.stringify(shop)}]`;
    const planned = await call('post /api/v1/plan', { body, headers: yaml, query: '?replay=10' });
    expect(planned.status).toBe(200);
    expect(planned.body).toMatchObject({
      base: before,
      changes: ['service shop: added with 1 backend'],
      patch: expect.stringContaining('+++ b/services/shop'),
      services: { added: ['shop'], removed: [], changed: [] },
      backends: { added: [{ service: 'shop', url: 'http://127.0.0.1:1', health: null }], removed: [] },
      notices: [
        expect.stringContaining('storage: is only read from the configuration file at the start'),
        expect.stringContaining('backend http://127.0.0.1:1 of shop is not known here'),
      ],
      replay: { total: 10 },
    });
    const bare = await call('post /api/v1/plan', { body: { services: [shop] }, query: '?replay=0' });
    expect(bare.body).toMatchObject({ replay: null });
    expect(revisionOf(await call('get /api/v1/config'))).toBe(before);
  });

  it('is applied under guard, and confirmed', async () => {
    const query = '?guard=1h&maxErrorIncrease=2.5%25&maxLatencyFactor=3&note=for%20the%20sale';
    const applied = await call('post /api/v1/apply', { body: { services: [shop] }, query });
    const revision = revisionOf(applied);
    expect(applied.body).toMatchObject({
      revision,
      changes: ['service shop: added with 1 backend'],
      guard: { revision, previous: revision - 1, confirmation: 'manual', maxErrorIncrease: 0.025 },
    });
    const status = await call('get /api/v1/guard');
    expect(status.body).toMatchObject({
      guard: { revision, now: { requests: 0 }, problem: '' },
      outcomes: [],
    });
    const { secondsLeft } = (status.body as { guard: { secondsLeft: number } }).guard;
    expect(secondsLeft).toBeGreaterThan(3_500);
    const second = await call('post /api/v1/apply', { body: {}, query: '?guard=60s' });
    expect([second.status, (second.body as { code: string }).code]).toEqual([409, 'GUARD_ACTIVE']);
    const stale = await call('post /api/v1/guard/confirm', { headers: { 'if-match': `"${revision - 1}"` } });
    expect(stale.status).toBe(412);
    const confirmed = await call('post /api/v1/guard/confirm');
    expect(confirmed.body).toMatchObject({ revision: revision + 1, guard: null });
    expect((await call('get /api/v1/guard')).body).toMatchObject({
      guard: null,
      outcomes: [{ revision, verdict: 'confirmed' }],
    });
    expect((await call('post /api/v1/guard/confirm')).status).toBe(404);
  });

  it('is shown and compared as each revision held it, and brought back', async () => {
    const revision = revisionOf(await call('get /api/v1/config'));
    const held = await call('get /api/v1/revisions/{number}/config', { number: revision - 2 });
    expect(held.body).toEqual({ trustedProxies: [], defaults: {}, services: [] });
    const headers = { accept: 'application/yaml' };
    const written = await call('get /api/v1/revisions/{number}/config', { number: revision, headers });
    expect(parse(written.text)).toMatchObject({ services: [{ name: 'shop' }] });
    const one = await call('get /api/v1/revisions/{number}', { number: revision - 1 });
    expect(one.body).toMatchObject({ number: revision - 1, note: 'for the sale' });
    const diff = await call('get /api/v1/revisions/{number}/diff', { number: revision - 1 });
    expect(diff.body).toMatchObject({
      from: revision - 2,
      to: revision - 1,
      changes: ['service shop: added with 1 backend'],
      patch: expect.stringContaining('+name: shop'),
    });
    const query = '?against=current';
    const back = await call('get /api/v1/revisions/{number}/diff', { number: revision - 2, query });
    expect(back.body).toMatchObject({ from: revision, to: revision - 2, changes: ['service shop: removed'] });
    const planned = await call('post /api/v1/revisions/{number}/plan', { number: revision - 2 });
    expect(planned.body).toMatchObject({ services: { added: [], removed: ['shop'] } });
    const stale = { number: revision - 2, headers: { 'if-match': `"${revision - 1}"` } };
    expect((await call('post /api/v1/revisions/{number}/rollback', stale)).status).toBe(412);
    const guarded = { number: revision - 2, query: '?guard=1h', headers: { 'if-match': `"${revision}"` } };
    const rolledBack = await call('post /api/v1/revisions/{number}/rollback', guarded);
    expect(rolledBack.body).toMatchObject({ revision: revision + 1, guard: { previous: revision } });
    const reverted = await call('post /api/v1/guard/revert', { query: '?note=no' });
    expect(reverted.body).toMatchObject({
      revision: revision + 2,
      notices: [expect.stringContaining('http://127.0.0.1:1 of shop')],
    });
    expect((await call('get /api/v1/guard')).body).toMatchObject({
      outcomes: [{ verdict: 'reverted', why: expect.stringContaining('took it back: no') }, {}],
    });
    await call('delete /api/v1/services/{name}');
  });

  it.each([
    ['post /api/v1/plan', '?mode=add', 400],
    ['post /api/v1/plan', '?replay=50001', 400],
    ['post /api/v1/plan', '?guard=60s', 400],
    ['post /api/v1/apply', '?guard=60', 400],
    ['post /api/v1/apply', '?guard=off', 400],
    ['post /api/v1/apply', '?guard=25h', 400],
    ['post /api/v1/apply', '?confirmation=auto', 400],
    ['post /api/v1/apply', '?guard=60s&confirmation=maybe', 400],
    ['post /api/v1/apply', '?guard=60s&maxErrorIncrease=5', 400],
    ['post /api/v1/apply', '?guard=60s&maxErrorIncrease=101%25', 400],
    ['post /api/v1/apply', '?guard=60s&maxLatencyFactor=0.5', 400],
    ['post /api/v1/apply', '?guard=60s&guard=70s', 400],
    ['post /api/v1/apply', '?dry=true', 400],
    ['get /api/v1/revisions/{number}/diff', '?against=latest', 404],
    ['get /api/v1/revisions/{number}/diff', '?agains=1', 400],
  ])('refuses %s%s', async (operation, query, status) => {
    const answer = await call(operation, {
      query,
      number: 1,
      ...(operation.startsWith('get') ? {} : { body: {} }),
    });
    expect(answer.status, answer.text).toBe(status);
  });

  it.each(['0', '-1', 'abc', '999999', '1e3'])('has no revision %s', async (number) => {
    const answer = await call('get /api/v1/revisions/{number}', { number });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'REVISION_NOT_FOUND']);
  });

  it.each([
    ['YAML with the line of each error', 'services:\n  - name: shop\n    backends: 7\n', yaml, 422, 3],
    ['a placeholder', "services:\n  - name: shop\n    backends: ['${HOME}']\n", yaml, 422, 3],
    ['an unknown key of JSON', '{ "listeners": [] }', {}, 422, undefined],
    ['a key that no schema has', '{ "__proto__": {} }', {}, 400, undefined],
    ['another media type', 'services: []', { 'content-type': 'text/plain' }, 415, undefined],
  ])('refuses %s', async (_, body, headers, status, line) => {
    const answer = await call('post /api/v1/apply', { body, headers });
    expect(answer.status, answer.text).toBe(status);
    if (line !== undefined) expect((answer.body as { detail: string }).detail).toContain(`body:${line}:`);
  });
});

describe('the document', () => {
  it('has no success that these specs did not see', () => {
    expect(documented.successes().filter((success) => !documented.seen.has(success))).toEqual([]);
  });

  it('has examples that work', async () => {
    for (const { method, path, body } of documented.examples()) {
      for (const name of ['shop', 'search']) await admin.call('DELETE', `/api/v1/services/${name}`);
      const id = path === '/api/v1/services' ? '' : await backendOfNewShop();
      const sent = method === 'put' ? { ...(body as object), name: 'shop' } : body;
      const answer = await call(`${method} ${path}`, { id, body: JSON.stringify(sent) });
      expect(answer.status, `${method} ${path} ${JSON.stringify(sent)}: ${answer.text}`).toBeLessThan(300);
    }
  });
});

async function backendOfNewShop(): Promise<string> {
  const body = { name: 'shop', backends: ['http://127.0.0.1:9'] };
  const made = await admin.call('POST', '/api/v1/services', { body });
  return (made.body as { backends: [{ id: string }] }).backends[0].id;
}
