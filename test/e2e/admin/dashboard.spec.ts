import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminApplication, type ApiAnswer } from './admin.application.js';

describe('the files of the dashboard', () => {
  let admin: AdminApplication;
  let page: ApiAnswer;

  beforeAll(async () => {
    admin = await AdminApplication.start();
    page = await get('/');
  });
  afterAll(() => admin.stop());

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    admin.call(method, path, { token: null, headers });
  const script = () => /src="(\/assets\/index-[\w-]+\.js)"/.exec(page.text)![1]!;

  it.each([
    '/',
    '/services',
    '/services/shop',
    '/logs/some-id',
    '/analytics',
    '/configuration/3/',
    '/system',
  ])('%s is the page, which is never stored', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(page.text);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('may load and run its own files and nothing else', () => {
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    expect(page.text).not.toMatch(/<style|<script>|\son\w+=|style=/);
  });

  it.each(['/nothing', '/index.html', '/servicesx', '/api/v1/nothing', '/assets/', '/assets/nothing.js'])(
    '%s is none of them',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    },
  );

  it.each(['/assets/../../package.json', '/assets/..%2f..%2fpackage.json', '/assets/%2e%2e/index.html'])(
    '%s leads nowhere else',
    async (path) => {
      const status = await new Promise((resolve, reject) => {
        request({ port: admin.port, path }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
      expect(status).toBe(404);
    },
  );

  it('are kept for good when their name holds their hash', async () => {
    const answer = await get(script());
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it('are asked for again otherwise, and not sent again', async () => {
    const first = await get('/assets/theme.js');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const second = await get('/assets/theme.js', { 'if-none-match': first.headers.get('etag')! });
    expect([second.status, second.text]).toEqual([304, '']);
    expect((await get('/assets/theme.js', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it.each([
    ['gzip, br', 'gzip'],
    ['*', 'gzip'],
    ['br', null],
    ['gzip;q=0', null],
    ['identity', null],
  ])('are compressed as the client says: %s', async (accepted, encoding) => {
    const answer = await get(script(), { 'accept-encoding': accepted });
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    expect(answer.text).toBe((await get(script(), { 'accept-encoding': 'identity' })).text);
  });

  it('are described without being sent', async () => {
    const answer = await get(script(), { 'accept-encoding': 'identity' }, 'HEAD');
    const whole = await get(script(), { 'accept-encoding': 'identity' });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(whole.text)));
  });

  it('load little at first', async () => {
    const answers = await Promise.all(
      [...page.text.matchAll(/"(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) =>
        get(path!, { 'accept-encoding': 'gzip' }, 'HEAD'),
      ),
    );
    const bytes = answers.reduce((sum, { headers }) => sum + Number(headers.get('content-length')), 0);
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(100_000);
  });
});
