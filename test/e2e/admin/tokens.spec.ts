import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TOKEN_STORE, type TokenStore } from '../../../src/modules/access/index.js';
import { AdminApplication, type ApiAnswer } from './admin.application.js';

let admin: AdminApplication;
beforeAll(async () => {
  admin = await AdminApplication.start();
});
afterAll(() => admin.stop());

interface Made {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: number | null;
}

let names = 0;

async function make(role: string, more: object = {}): Promise<Made> {
  const answer = await admin.call('POST', '/api/v1/tokens', { body: { name: `t${names++}`, role, ...more } });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as Made;
}

const codeOf = (answer: ApiAnswer) => (answer.body as { code?: string } | null)?.code ?? '';

describe('a role', () => {
  const READS = [
    '/api/v1/services',
    '/api/v1/config',
    '/api/v1/status',
    '/api/v1/access-logs',
    '/api/v1/whoami',
  ];
  const WRITES: readonly (readonly [string, string])[] = [
    ['POST', '/api/v1/services'],
    ['PUT', '/api/v1/services/nope'],
    ['DELETE', '/api/v1/services/nope'],
    ['POST', '/api/v1/services/nope/backends'],
    ['PATCH', '/api/v1/services/nope/backends/0123456789abcdef'],
    ['DELETE', '/api/v1/services/nope/backends/0123456789abcdef'],
  ];
  const ADMINISTRATION: readonly (readonly [string, string])[] = [
    ['GET', '/api/v1/tokens'],
    ['POST', '/api/v1/tokens'],
    ['GET', '/api/v1/tokens/0123456789ab'],
    ['DELETE', '/api/v1/tokens/0123456789ab'],
    ['GET', '/api/v1/audit-logs'],
  ];

  it('viewer reads, and changes nothing', async () => {
    const { token } = await make('viewer');
    for (const path of READS) {
      expect((await admin.call('GET', path, { token })).status, path).toBe(200);
      expect((await admin.call('HEAD', path, { token })).status, path).toBe(200);
    }
    for (const [method, path] of [...WRITES, ...ADMINISTRATION]) {
      const answer = await admin.call(method, path, { token, body: method === 'GET' ? undefined : {} });
      expect([answer.status, codeOf(answer)], `${method} ${path}`).toEqual([403, 'FORBIDDEN']);
    }
  });

  it('operator changes services, and is told which role the rest needs', async () => {
    const { token } = await make('operator');
    for (const path of READS) expect((await admin.call('GET', path, { token })).status).toBe(200);
    for (const [method, path] of WRITES) {
      const answer = await admin.call(method, path, { token, body: {} });
      expect([404, 422], `${method} ${path}: ${answer.text}`).toContain(answer.status);
    }
    for (const [method, path] of ADMINISTRATION) {
      const answer = await admin.call(method, path, { token, body: method === 'GET' ? undefined : {} });
      expect(codeOf(answer), `${method} ${path}`).toBe('FORBIDDEN');
      expect(answer.text).toContain('needs the role admin');
    }
  });

  it('admin makes tokens, also for others of its kind', async () => {
    const { token } = await make('admin');
    const body = { name: 'made-by-another', role: 'admin' };
    const answer = await admin.call('POST', '/api/v1/tokens', { token, body });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ createdBy: expect.stringMatching(/^t\d+$/) });
  });

  it('is the author of the revisions that it makes', async () => {
    const { token, id } = await make('operator');
    const body = { name: 'authored', hosts: ['authored.test'] };
    expect((await admin.call('POST', '/api/v1/services', { token, body })).status).toBe(201);
    const revisions = await admin.call('GET', '/api/v1/revisions?limit=1');
    const whoami = (await admin.call('GET', '/api/v1/whoami', { token })).body as { name: string };
    expect(revisions.body).toMatchObject({ items: [{ author: whoami.name }] });
    const { body: audit } = await admin.call('GET', `/api/v1/audit-logs?actor=${whoami.name}`);
    expect(audit).toMatchObject({
      items: [
        {
          actor: whoami.name,
          role: 'operator',
          tokenId: id,
          address: '127.0.0.1',
          action: 'POST /api/v1/services',
          resource: '/api/v1/services/authored',
          outcome: 'done',
          status: 201,
          revision: (revisions.body as { items: [{ number: number }] }).items[0].number,
          count: 1,
        },
      ],
    });
  });
});

describe('a token', () => {
  it('has an id, and a secret of 256 bits that is in no store', async () => {
    const { id, token } = await make('viewer');
    expect(token).toMatch(/^vel_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    expect(token.startsWith(`vel_${id}_`)).toBe(true);
    const store = admin.app.get<TokenStore>(TOKEN_STORE, { strict: false });
    expect(JSON.stringify(await store.list())).not.toContain(token.slice(-43));
  });

  it.each([
    ['another secret', (token: string) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')],
    [
      'another id',
      (token: string) => token.replace(/^vel_./, (start) => (start === 'vel_0' ? 'vel_1' : 'vel_0')),
    ],
    ['less at the end', (token: string) => token.slice(0, -1)],
    ['more at the end', (token: string) => `${token}A`],
    ['capitals', (token: string) => token.toUpperCase()],
    ['only its secret', (token: string) => token.slice(-43)],
    ['only its id', (token: string) => token.slice(0, 17)],
  ])('is refused with %s', async (_, change) => {
    const { token } = await make('admin');
    const answer = await admin.call('GET', '/api/v1/status', { token: change(token) });
    expect([401, 429]).toContain(answer.status);
    expect((await admin.call('GET', '/api/v1/status', { token })).status).toBe(200);
  });

  it('expires, and says so to its owner only', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { token, expiresAt } = await make('viewer', { expires: '1m' });
      expect(expiresAt).toBe(Date.now() + 60_000);
      expect((await admin.call('GET', '/api/v1/status', { token })).status).toBe(200);
      // A new minute also for those who count wrong tokens.
      vi.setSystemTime(Date.now() + 120_000);
      const late = await admin.call('GET', '/api/v1/status', { token });
      expect(late.status).toBe(401);
      expect(late.text).toContain('expired at');
      const guess = await admin.call('GET', '/api/v1/status', { token: `${token.slice(0, -2)}zz` });
      expect(guess.text).not.toContain('expired at');
    } finally {
      vi.useRealTimers();
    }
  });

  it('is used, and shows when', async () => {
    const { id, token } = await make('viewer');
    const before = Date.now();
    await admin.call('GET', '/api/v1/status', { token });
    const { lastUsedAt } = (await admin.call('GET', `/api/v1/tokens/${id}`)).body as { lastUsedAt: number };
    expect(lastUsedAt).toBeGreaterThanOrEqual(before);
    const store = admin.app.get<TokenStore>(TOKEN_STORE, { strict: false });
    await vi.waitFor(
      async () => {
        const stored = (await store.list()).find((token) => token.id === id);
        expect(stored?.lastUsedAt).toBe(lastUsedAt);
      },
      { timeout: 20_000, interval: 50 },
    );
  });

  it('has a name of its own', async () => {
    const { id } = await make('viewer', { name: 'unique' });
    const again = await admin.call('POST', '/api/v1/tokens', { body: { name: 'unique', role: 'admin' } });
    expect([again.status, codeOf(again)]).toEqual([409, 'TOKEN_EXISTS']);
    await admin.call('DELETE', `/api/v1/tokens/${id}`);
    await make('viewer', { name: 'unique' });
  });

  it.each([
    [{}, ['name', 'role']],
    [{ name: 'x', role: 'root' }, ['role']],
    [{ name: 'x', role: 'admin', scope: 'all' }, ['']],
    [{ name: '', role: 'admin' }, ['name']],
    [{ name: 'admin token', role: 'admin' }, ['name']],
    [{ name: 'config/velocity.yml', role: 'admin' }, ['name']],
    [{ name: 'a\nb', role: 'admin' }, ['name']],
    [{ name: 'x'.repeat(65), role: 'admin' }, ['name']],
    [{ name: 'x', role: 'admin', expires: '1s' }, ['expires']],
    [{ name: 'x', role: 'admin', expires: 30 }, ['expires']],
    [{ name: 'x', role: 'admin', expires: 'never' }, ['expires']],
    [{ name: 'x', role: 'admin', expires: '9999d' }, ['expires']],
    [[], ['']],
  ])('is not made from %j', async (body, paths) => {
    const answer = await admin.call('POST', '/api/v1/tokens', { body });
    expect([answer.status, codeOf(answer)], answer.text).toEqual([422, 'CONFIG_INVALID']);
    const { issues } = answer.body as { issues: { path: string }[] };
    expect(issues.map(({ path }) => path)).toEqual(paths);
  });
});

describe('without the store', () => {
  it('tokens that were known go on working, and none is made or revoked', async () => {
    const { id, token } = await make('operator');
    await admin.store.close();
    try {
      expect((await admin.call('GET', '/api/v1/status', { token })).status).toBe(200);
      expect((await admin.call('GET', '/api/v1/status')).status).toBe(200);
      const made = await admin.call('POST', '/api/v1/tokens', { body: { name: 'late', role: 'viewer' } });
      const revoked = await admin.call('DELETE', `/api/v1/tokens/${id}`);
      expect([made.status, revoked.status]).toEqual([503, 503]);
    } finally {
      await admin.store.open();
    }
    expect((await admin.call('DELETE', `/api/v1/tokens/${id}`)).status).toBe(204);
    expect([401, 429]).toContain((await admin.call('GET', '/api/v1/status', { token })).status);
  });
});

describe('guessing', () => {
  it('is slowed down, also with the form of a token, and locks nobody out', async () => {
    const guessed = await AdminApplication.start();
    try {
      const made = await guessed.call('POST', '/api/v1/tokens', { body: { name: 'jane', role: 'viewer' } });
      const { token } = made.body as Made;
      const guess = (at: number) => `${token.slice(0, 17)}${String(at).padStart(43, 'x')}`;
      for (let at = 0; at < 10; at++) {
        expect((await guessed.call('GET', '/api/v1/status', { token: guess(at) })).status).toBe(401);
      }
      const beyond = await guessed.call('GET', '/api/v1/status', { token: guess(10) });
      expect([beyond.status, codeOf(beyond)]).toEqual([429, 'TOO_MANY_FAILURES']);
      expect((await guessed.call('GET', '/api/v1/status', { token })).status).toBe(200);
      expect((await guessed.call('GET', '/api/v1/status')).status).toBe(200);
    } finally {
      await guessed.stop();
    }
  });
});

describe('with authentication off', () => {
  it('everybody on this machine is an admin, whatever they send', async () => {
    const open = await AdminApplication.start({ authentication: 'off' });
    try {
      for (const token of [null, 'wrong']) {
        const { status, body } = await open.call('GET', '/api/v1/whoami', { token });
        expect(status).toBe(200);
        expect(body).toEqual({ name: 'anonymous', role: 'admin', tokenId: null });
      }
      const headers = { origin: 'http://evil.example.com' };
      expect((await open.call('GET', '/api/v1/status', { token: null, headers })).status).toBe(403);
      await open.call('POST', '/api/v1/services', { token: null, body: { name: 'shop' } });
      const { body } = await open.call('GET', '/api/v1/revisions?limit=1', { token: null });
      expect(body).toMatchObject({ items: [{ author: 'anonymous (127.0.0.1)' }] });
    } finally {
      await open.stop();
    }
  });
});
