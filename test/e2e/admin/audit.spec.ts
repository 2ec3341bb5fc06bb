import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditLogRecord } from '../../../src/common/contract/index.js';
import { AdminApplication } from './admin.application.js';

let admin: AdminApplication;
beforeAll(async () => {
  admin = await AdminApplication.start();
});
afterAll(() => admin.stop());

async function audited(query = ''): Promise<AuditLogRecord[]> {
  const answer = await admin.call('GET', `/api/v1/audit-logs?limit=1000${query}`);
  expect(answer.status, answer.text).toBe(200);
  return (answer.body as { items: AuditLogRecord[] }).items;
}

/** Calls with a request id of its own, and finds the record of just this call. */
async function record(id: string, method: string, path: string, options: object = {}) {
  const answer = await admin.call(method, path, { ...options, headers: { 'x-request-id': id } });
  return { answer, records: (await audited()).filter(({ requestId }) => requestId === id) };
}

describe('a change', () => {
  it('is recorded with who made it, what it made and why', async () => {
    const body = { name: 'shop', hosts: ['shop.test'], backends: ['http://127.0.0.1:9'] };
    const made = await record('made', 'POST', '/api/v1/services?note=for%20the%20sale', { body });
    expect(made.answer.status).toBe(201);
    expect(made.records).toMatchObject([
      {
        actor: 'admin token',
        role: 'admin',
        tokenId: null,
        address: '127.0.0.1',
        action: 'POST /api/v1/services',
        resource: '/api/v1/services/shop',
        outcome: 'done',
        status: 201,
        code: '',
        note: 'for the sale',
        count: 1,
      },
    ]);
    const [{ id = '' } = {}] = (made.answer.body as { backends: { id: string }[] }).backends;
    const path = `/api/v1/services/shop/backends/${id}`;
    const changed = await record('changed', 'PATCH', path, { body: { weight: 3 } });
    const removed = await record('removed', 'DELETE', path);
    expect([...changed.records, ...removed.records]).toMatchObject([
      { action: 'PATCH /api/v1/services/:name/backends/:id', resource: path, outcome: 'done', status: 200 },
      { action: 'DELETE /api/v1/services/:name/backends/:id', resource: path, outcome: 'done', status: 204 },
    ]);
    const [first, second, third] = [made, changed, removed].map(({ records }) => records[0]!.revision!);
    expect([second, third]).toEqual([first! + 1, first! + 2]);
  });

  it('of which the client does not wait for the answer is recorded all the same', async () => {
    const body = JSON.stringify({ name: 'left', hosts: ['left.test'] });
    const head = [
      'POST /api/v1/services HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${admin.token.value}`,
      'Content-Type: application/json',
      'X-Request-Id: left',
      `Content-Length: ${body.length}`,
    ];
    const socket = connect(admin.port, '127.0.0.1');
    await new Promise<void>((resolve) =>
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
        socket.destroy();
        resolve();
      }),
    );
    let found: AuditLogRecord[] = [];
    while (found.length === 0) found = (await audited()).filter(({ requestId }) => requestId === 'left');
    expect(found).toMatchObject([{ outcome: 'done', status: 201, resource: '/api/v1/services/left' }]);
  });
});

describe('a refused attempt', () => {
  it.each([
    ['without a token', 'POST', '/api/v1/services', { token: null, body: {} }, 401, 'UNAUTHENTICATED'],
    ['of a read without a token', 'GET', '/api/v1/config', { token: null }, 401, 'UNAUTHENTICATED'],
    ['with a wrong token', 'GET', '/api/v1/status', { token: 'w'.repeat(43) }, 401, 'UNAUTHENTICATED'],
    ['that names what is not there', 'DELETE', '/api/v1/services/nope', {}, 404, 'SERVICE_NOT_FOUND'],
    [
      'that would make a thing twice',
      'POST',
      '/api/v1/services',
      { body: { name: 'shop' } },
      409,
      'SERVICE_EXISTS',
    ],
    ['with a wrong body', 'POST', '/api/v1/services', { body: { nmae: 'x' } }, 422, 'CONFIG_INVALID'],
    ['without a JSON body', 'PUT', '/api/v1/services/shop', { body: '{' }, 400, 'REQUEST_INVALID'],
    ['on a route that is none', 'POST', '/api/v1/nothing', {}, 404, 'ROUTE_NOT_FOUND'],
    ['with a wrong method', 'PATCH', '/api/v1/services', {}, 405, 'METHOD_NOT_ALLOWED'],
  ])('%s is recorded', async (story, method, path, options, status, code) => {
    const { answer, records } = await record(story.replaceAll(' ', '-'), method, path, options);
    expect(answer.status).toBe(status);
    expect(records).toMatchObject([{ outcome: 'refused', status, code, resource: path, revision: null }]);
  });

  it.each([
    ['GET', '/api/v1/services/nope'],
    ['GET', '/api/v1/access-logs?limit=0'],
    ['GET', '/nothing'],
  ])('to %s %s is none: nothing would have changed, and the caller may ask', async (method, path) => {
    expect((await record('read', method, path)).records).toEqual([]);
  });

  it('from a page of another origin is recorded, too', async () => {
    const before = (await audited('&outcome=refused')).length;
    await admin.call('GET', '/api/v1/config', { headers: { origin: 'http://evil.example.com' } });
    const [newest, ...others] = await audited('&outcome=refused');
    expect(newest).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED', status: 403, actor: '' });
    expect(others).toHaveLength(before);
  });
});

describe('a flood', () => {
  it('of refused attempts leaves one record now, and one with their number later', async () => {
    const flooded = await AdminApplication.start();
    const database = flooded.directory;
    for (let attempt = 0; attempt < 300; attempt++) {
      await flooded.call('DELETE', `/api/v1/services/guess-${attempt}`, { token: null });
    }
    const { body } = await flooded.call('GET', '/api/v1/audit-logs');
    expect((body as { items: object[] }).items).toMatchObject([
      { action: 'DELETE /api/v1/services/:name', resource: '/api/v1/services/guess-0', count: 1 },
    ]);
    await flooded.end();
    const again = await AdminApplication.start({}, database);
    const { body: later } = await again.call('GET', '/api/v1/audit-logs');
    expect((later as { items: object[] }).items).toMatchObject([
      { resource: '/api/v1/services/guess-299', count: 299, status: 401 },
      { resource: '/api/v1/services/guess-0', count: 1, status: 401 },
    ]);
    await again.stop();
  });
});

describe('the filters', () => {
  it('narrow by actor, outcome, start of the action and time, in pages', async () => {
    const all = await audited();
    for (const [query, fits] of [
      ['actor=admin token', (one: AuditLogRecord) => one.actor === 'admin token'],
      ['outcome=refused', (one: AuditLogRecord) => one.outcome === 'refused'],
      ['action=DELETE /', (one: AuditLogRecord) => one.action.startsWith('DELETE /')],
      [`to=${all[3]!.time}`, (one: AuditLogRecord) => one.time < all[3]!.time],
      [`from=${all[3]!.time}`, (one: AuditLogRecord) => one.time >= all[3]!.time],
    ] as const) {
      expect(await audited(`&${query}`), query).toEqual(all.filter(fits));
    }
    const found: AuditLogRecord[] = [];
    for (let next: string | null = '/api/v1/audit-logs?limit=4&outcome=refused'; next !== null;) {
      const page = (await admin.call('GET', next)).body as { items: AuditLogRecord[]; next: string | null };
      found.push(...page.items);
      next = page.next;
    }
    expect(found).toEqual(all.filter(({ outcome }) => outcome === 'refused'));
  });
});

it('keeps what is recorded while the store is away', async () => {
  await admin.store.close();
  await admin.call('DELETE', '/api/v1/services/away', { headers: { 'x-request-id': 'away' } });
  expect((await admin.call('GET', '/api/v1/audit-logs')).status).toBe(503);
  await admin.store.open();
  let found: AuditLogRecord[] = [];
  while (found.length === 0) found = (await audited()).filter(({ requestId }) => requestId === 'away');
  expect(found).toMatchObject([{ outcome: 'failed', status: 503, code: 'STORE_UNAVAILABLE' }]);
});
