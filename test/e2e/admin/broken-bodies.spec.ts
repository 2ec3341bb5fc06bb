import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AdminApplication } from './admin.application.js';
import { BROKEN_BODIES } from './broken/index.js';

let admin: AdminApplication;
let backendId: string;
let before: string;

beforeAll(async () => {
  admin = await AdminApplication.start();
  const shop = { name: 'shop', hosts: ['shop.test'], backends: ['http://127.0.0.1:9'] };
  const made = await admin.call('POST', '/api/v1/services', { body: shop });
  backendId = (made.body as { backends: [{ id: string }] }).backends[0].id;
  const api = { name: 'api', hosts: ['api.test'], backends: ['http://127.0.0.1:10'] };
  expect((await admin.call('POST', '/api/v1/services', { body: api })).status).toBe(201);
  before = await stateNow();
});
afterAll(() => admin.stop());

/** Everything that a write could have changed: desired state, revision, revisions, and what is published. */
async function stateNow(): Promise<string> {
  const config = await admin.call('GET', '/api/v1/config');
  const revisions = await admin.call('GET', '/api/v1/revisions');
  const { revision, snapshot } = admin.parts.publisher.current()!;
  return JSON.stringify([config.body, config.headers.get('etag'), revisions.body, revision, snapshot]);
}

describe('a broken body changes nothing and says what is wrong', () => {
  it.each(BROKEN_BODIES)('$request: $what', async ({ request, body, headers, ...expected }) => {
    const [method = '', path = ''] = request.replace('{id}', backendId).split(' ');
    const answer = await admin.call(method, `/api/v1/services${path}`, { body, headers });
    expect(answer.status, answer.text.slice(0, 500)).toBe(expected.status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = answer.body as {
      code: string;
      detail: string;
      issues?: { path: string; message: string }[];
    };
    expect(problem.code).toBe(expected.code);
    if (expected.issues) {
      expect(problem.issues?.map((issue) => [issue.path, issue.message])).toEqual(expected.issues);
    }
    if (expected.detail !== undefined) expect(problem.detail).toBe(expected.detail);
    expect(expected.issues ?? expected.detail).toBeDefined();
    expect(await stateNow()).toBe(before);
  });

  it('is tried in at least 60 ways', () => {
    expect(BROKEN_BODIES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(BROKEN_BODIES.map(({ request, what }) => `${request}: ${what}`)).size).toBe(
      BROKEN_BODIES.length,
    );
  });
});

describe('a broken message', () => {
  let head: string;
  beforeEach(() => {
    head = `POST /api/v1/services HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${admin.token.value}\r\nContent-Type: application/json\r\nConnection: close\r\n`;
  });

  async function send(bytes: string): Promise<string> {
    const socket = connect(admin.port, '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  }

  it('without a length has no body', async () => {
    expect(await send(`${head}\r\n`)).toContain('The body is empty: send the resource as a JSON object.');
  });

  it('in chunks is cut at 1 MiB, although it does not say its length', async () => {
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const response = await send(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('with two lengths is refused', async () => {
    const response = await send(`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('whose sender leaves in the middle changes nothing', async () => {
    const body = JSON.stringify({ name: 'half', hosts: ['half.test'] });
    const socket = connect(admin.port, '127.0.0.1');
    socket.end(`${head}Content-Length: ${body.length + 1}\r\n\r\n${body}`);
    await text(socket).catch(() => '');
    expect((await admin.call('GET', '/api/v1/services/half')).status).toBe(404);
  });

  it('leaves the state as it was', async () => {
    expect(await stateNow()).toBe(before);
  });
});
