import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogQueryService } from '../../../src/modules/logging/index.js';
import { AdminApplication } from './admin.application.js';

let admin: AdminApplication;
beforeAll(async () => {
  admin = await AdminApplication.start();
});
afterAll(() => admin.stop());

it('answers an unexpected failure with 500 and a request id, and shows nothing of it', async () => {
  const logs = admin.app.get(LogQueryService, { strict: false });
  Object.defineProperty(logs, 'queryAccessLogs', {
    value: () => Promise.reject(new TypeError('secret: password of /etc/velocity')),
  });
  const answer = await admin.call('GET', '/api/v1/access-logs');
  expect(answer.status).toBe(500);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toEqual({
    type: 'urn:velocity:error:internal',
    title: 'Internal Server Error',
    status: 500,
    detail: 'The admin API failed here; the log has the reason under this request id.',
    code: 'INTERNAL',
    requestId: answer.headers.get('x-request-id'),
  });
});

it('gives slow callers limited time', () => {
  const server = admin.app.getHttpServer();
  expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 15_000 });
});

it('answers HEAD as GET, without the body', async () => {
  const answer = await admin.call('HEAD', '/api/v1/status');
  expect(answer.status).toBe(200);
  expect(answer.text).toBe('');
});

it('never answers "not modified": live state changes at the same revision', async () => {
  const first = await admin.call('GET', '/api/v1/services');
  const headers = { 'if-none-match': first.headers.get('etag')! };
  const second = await admin.call('GET', '/api/v1/services', { headers });
  expect(second.status).toBe(200);
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
});

it('lets concurrent writes all count: none is lost, each has its own revision', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `service-${index}`);
  const answers = await Promise.all(
    names.map((name) => admin.call('POST', '/api/v1/services', { body: { name, hosts: [`${name}.test`] } })),
  );
  expect(answers.map((answer) => answer.status)).toEqual(names.map(() => 201));
  expect(new Set(answers.map((answer) => answer.headers.get('velocity-revision'))).size).toBe(names.length);
  const list = await admin.call('GET', '/api/v1/services');
  const { items } = list.body as { items: { name: string }[] };
  expect(items.map(({ name }) => name).sort()).toEqual([...names].sort());
});

describe('routes that do not exist', () => {
  it.each([
    [
      '/api/v1/servces',
      'There is no /api/v1/servces; did you mean /api/v1/services? All routes are in /docs.',
    ],
    [
      '/api/v1/service/shop/backends',
      'There is no /api/v1/service/shop/backends; did you mean /api/v1/services/:name/backends? All routes are in /docs.',
    ],
    ['/metric', 'There is no /metric; did you mean /metrics? All routes are in /docs.'],
    ['/wp-login.php', 'There is no /wp-login.php. All routes are in /docs.'],
    ['//api/v1/status', 'There is no //api/v1/status; did you mean /api/v1/status? All routes are in /docs.'],
  ])('%s', async (path, detail) => {
    const answer = await admin.call('GET', path);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'ROUTE_NOT_FOUND', detail });
  });

  it('by their method name those that do', async () => {
    const answer = await admin.call('POST', '/api/v1/services/shop');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('DELETE, GET, PUT');
    expect(answer.body).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });
});
