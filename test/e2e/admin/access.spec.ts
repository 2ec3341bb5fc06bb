import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminApplication } from './admin.application.js';

let admin: AdminApplication;
beforeAll(async () => {
  admin = await AdminApplication.start({ allowedHosts: ['velocity.example.com'] });
});
afterAll(() => admin.stop());

const PROTECTED: readonly (readonly [string, string])[] = [
  ['GET', '/api/v1/services'],
  ['POST', '/api/v1/services'],
  ['GET', '/api/v1/services/shop'],
  ['PUT', '/api/v1/services/shop'],
  ['DELETE', '/api/v1/services/shop'],
  ['GET', '/api/v1/services/shop/backends'],
  ['POST', '/api/v1/services/shop/backends'],
  ['GET', '/api/v1/services/shop/backends/0123456789abcdef'],
  ['PATCH', '/api/v1/services/shop/backends/0123456789abcdef'],
  ['DELETE', '/api/v1/services/shop/backends/0123456789abcdef'],
  ['GET', '/api/v1/services/shop/health'],
  ['GET', '/api/v1/services/shop/health/history'],
  ['GET', '/api/v1/access-logs'],
  ['GET', '/api/v1/health-logs'],
  ['GET', '/api/v1/scaling'],
  ['GET', '/api/v1/scaling/shop'],
  ['GET', '/api/v1/scaling-logs'],
  ['GET', '/api/v1/status'],
  ['GET', '/api/v1/config'],
  ['GET', '/api/v1/revisions'],
];

describe('the token', () => {
  it.each(PROTECTED)('%s %s needs it', async (method, path) => {
    const answer = await admin.call(method, path, { token: null });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="velocity"');
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  });

  it('is not asked for before the body is too large to read: nobody without it makes us read one', async () => {
    const answer = await admin.call('POST', '/api/v1/services', { token: null, body: 'x'.repeat(2 ** 21) });
    expect(answer.status).toBe(401);
  });

  it.each(['/health/live', '/health/ready', '/metrics', '/docs', '/docs/swagger-ui.css', '/docs-json'])(
    '%s is open',
    async (path) => {
      expect((await admin.call('GET', path, { token: null })).status).toBe(200);
    },
  );

  it.each([
    ['another scheme', (token: string) => `Basic ${token}`],
    ['no scheme', (token: string) => token],
    ['two tokens', (token: string) => `Bearer ${token} ${token}`],
    ['nothing after the scheme', () => 'Bearer '],
  ])('is not taken with %s', async (_, header) => {
    const headers = { authorization: header(admin.token.value) };
    expect((await admin.call('GET', '/api/v1/status', { token: null, headers })).status).toBe(401);
  });

  it('is taken whatever the case of the scheme', async () => {
    const headers = { authorization: `bearer ${admin.token.value}` };
    expect((await admin.call('GET', '/api/v1/status', { token: null, headers })).status).toBe(200);
  });
});

describe('guessing the token', () => {
  it('is slowed down after ten wrong ones, and does not lock the operator out', async () => {
    const guessed = await AdminApplication.start();
    try {
      for (let guess = 0; guess < 10; guess++) {
        const answer = await guessed.call('GET', '/api/v1/status', { token: `${guess}`.repeat(43) });
        expect(answer.status).toBe(401);
      }
      const beyond = await guessed.call('GET', '/api/v1/status', { token: 'x'.repeat(43) });
      expect(beyond.status).toBe(429);
      expect(beyond.body).toMatchObject({ code: 'TOO_MANY_FAILURES' });
      const wait = Number(beyond.headers.get('retry-after'));
      expect(wait).toBeGreaterThanOrEqual(1);
      expect(wait).toBeLessThanOrEqual(60);
      expect((await guessed.call('GET', '/api/v1/status')).status).toBe(200);
      expect((await guessed.call('GET', '/api/v1/status', { token: null })).status).toBe(401);
    } finally {
      await guessed.stop();
    }
  });
});

/** `fetch` does not let a caller set Host, so this speaks HTTP itself. Resolves with the status and the body. */
async function askAs(host: string, path: string, headers = ''): Promise<{ status: number; body: string }> {
  const socket = connect(admin.port, '127.0.0.1');
  const authorization = `Authorization: Bearer ${admin.token.value}\r\n`;
  socket.end(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${authorization}${headers}Connection: close\r\n\r\n`);
  const response = await text(socket);
  const [head = '', body = ''] = response.split('\r\n\r\n', 2);
  return { status: Number(head.split(' ')[1]), body };
}

describe('Host', () => {
  it.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST',
    'admin.localhost:3000',
    '127.0.0.1:3000',
    '10.1.2.3',
    '[::1]:3000',
    'velocity.example.com',
    'Velocity.Example.com:8443',
  ])('%s is ours', async (host) => {
    expect((await askAs(host, '/api/v1/status')).status).toBe(200);
  });

  it.each([
    'evil.example.com',
    'localhost.evil.com',
    'velocity.example.com.evil.com',
    'notlocalhost',
    '127.0.0.1.nip.io',
    '[::1].evil.com',
    '',
  ])('%j is refused, token or not', async (host) => {
    const { status, body } = await askAs(host, '/api/v1/status');
    expect(status).toBe(421);
    expect(JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))).toMatchObject({
      code: 'HOST_NOT_ALLOWED',
      detail: `The admin API is not called ${JSON.stringify(host)} here: use its address or localhost, or add the name to admin.allowedHosts.`,
    });
  });

  it.each(['/metrics', '/docs', '/docs-json', '/', '/nothing'])('is also checked on %s', async (path) => {
    expect((await askAs('evil.example.com', path)).status).toBe(421);
  });

  it.each(['/health/live', '/health/ready'])('is not checked on %s, for orchestrators', async (path) => {
    expect((await askAs('velocity.svc.cluster.local', path)).status).toBe(200);
  });
});

describe('Origin', () => {
  it.each(['http://localhost:3000', 'https://localhost:3000'])('%s is the same one', async (origin) => {
    const { status } = await askAs('localhost:3000', '/api/v1/status', `Origin: ${origin}\r\n`);
    expect(status).toBe(200);
  });

  it.each([
    'http://localhost:3001',
    'http://evil.example.com',
    'null',
    'http://localhost:3000.evil.com',
    'http://127.0.0.1:3000',
  ])('%s is refused', async (origin) => {
    const { status, body } = await askAs('localhost:3000', '/api/v1/status', `Origin: ${origin}\r\n`);
    expect(status).toBe(403);
    expect(body).toContain('ORIGIN_NOT_ALLOWED');
  });

  it('gets no CORS header, neither on a preflight nor on an answer', async () => {
    const preflight = await admin.call('OPTIONS', '/api/v1/services', { token: null });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await admin.call('GET', '/api/v1/services');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('headers', () => {
  it('forbid framing, sniffing and storing, and say nothing about what we run on', async () => {
    const { headers } = await admin.call('GET', '/api/v1/status');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('carry a request id: ours, or the caller’s when it is harmless', async () => {
    const ours = await admin.call('GET', '/api/v1/services/nope');
    expect(ours.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(ours.body).toMatchObject({ requestId: ours.headers.get('x-request-id') });
    const theirs = await admin.call('GET', '/api/v1/status', { headers: { 'x-request-id': 'deploy-42' } });
    expect(theirs.headers.get('x-request-id')).toBe('deploy-42');
    const hostile = await admin.call('GET', '/api/v1/status', { headers: { 'x-request-id': '<script>' } });
    expect(hostile.headers.get('x-request-id')).not.toBe('<script>');
  });

  it('are on the answer to a path that cannot be decoded, too', async () => {
    const { status, headers, body } = await admin.call('GET', '/api/v1/services/%ff');
    expect(status).toBe(400);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toMatchObject({ code: 'REQUEST_INVALID', requestId: headers.get('x-request-id') });
  });

  it('let the documentation run its own scripts only', async () => {
    const policy = (await admin.call('GET', '/docs')).headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});
