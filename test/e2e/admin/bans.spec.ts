import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAN_EXAMPLES } from '../../../src/modules/admin/openapi/examples.js';
import { AdminApplication, type ApiAnswer } from './admin.application.js';
import { ApiDocument } from './api.document.js';
import { documentedCall, type DocumentedOptions } from './documented.call.js';

/** These specs tell one story in order: each needs what the ones before it made. */
let admin: AdminApplication;
let documented: ApiDocument;

beforeAll(async () => {
  admin = await AdminApplication.start();
  documented = await ApiDocument.of(admin);
});
afterAll(() => admin.stop());

const call = (operation: string, options: DocumentedOptions = {}): Promise<ApiAnswer> =>
  documentedCall({ admin, documented }, operation, options);

interface Page {
  readonly items: readonly { readonly id: string; readonly cidr: string }[];
  readonly next: string | null;
}

const items = (answer: ApiAnswer) => (answer.body as Page).items;
const cidrs = (answer: ApiAnswer) => items(answer).map(({ cidr }) => cidr);

describe('bans', () => {
  it('are none at first', async () => {
    expect((await call('get /api/v1/bans')).body).toEqual({ items: [], next: null });
  });

  it.each(Object.entries(BAN_EXAMPLES))('are made as in the example %s', async (_name, body) => {
    const answer = await call('post /api/v1/bans', { body });
    expect(answer.status, answer.text).toBe(201);
    expect(cidrs(answer)).toEqual([body.cidr].flat());
  });

  it('are made in their one spelling, say who and why, and reach the data plane before the answer', async () => {
    const body = { cidr: '2001:DB8:0:0::1', note: 'spams', for: '30m' };
    const before = Date.now();
    const answer = await call('post /api/v1/bans', { body });
    expect(answer.headers.get('location')).toBe('/api/v1/bans/2001:db8::1');
    const [made] = (answer.body as { items: [{ expiresAt: number }] }).items;
    expect(made).toMatchObject({
      id: '2001:db8::1',
      cidr: '2001:db8::1',
      note: 'spams',
      author: expect.stringContaining('admin token'),
      origin: 'api',
      rule: '',
      shadow: false,
      offences: 0,
      isStored: true,
    });
    expect(made.expiresAt).toBeGreaterThanOrEqual(before + 1_800_000);
    expect(made.expiresAt).toBeLessThanOrEqual(Date.now() + 1_800_000);
    expect(admin.parts.blocklist.status().bans).toBe(4);
    expect((await call('get /api/v1/bans/{id}', { id: '2001:db8::1' })).body).toEqual(made);
  });

  it('are found by address, by network and by origin', async () => {
    expect(cidrs(await call('get /api/v1/bans', { query: '?address=203.0.113.77' }))).toEqual([
      '203.0.113.0/24',
    ]);
    expect(cidrs(await call('get /api/v1/bans', { query: '?cidr=2001:db8::/32' })).toSorted()).toEqual([
      '2001:db8:7::/64',
      '2001:db8::1',
    ]);
    expect(cidrs(await call('get /api/v1/bans', { query: '?origin=rule' }))).toEqual([]);
    expect(cidrs(await call('get /api/v1/bans', { query: '?address=192.0.2.1' }))).toEqual([]);
  });

  it('come in pages, of which none shows a ban twice', async () => {
    const seen: string[] = [];
    let next: string | null = '/api/v1/bans?limit=1';
    while (next !== null) {
      const page: ApiAnswer = await admin.call('GET', next);
      seen.push(...cidrs(page));
      next = (page.body as Page).next;
    }
    expect(seen).toEqual(cidrs(await call('get /api/v1/bans')));
    expect(seen).toHaveLength(4);
  });

  it('are told by an address, with why', async () => {
    const check = async (address: string) =>
      (await call('get /api/v1/bans/check', { query: `?address=${address}` })).body;
    expect(await check('192.0.2.1')).toMatchObject({ verdict: 'served', bans: [] });
    expect(await check('::ffff:203.0.113.9')).toMatchObject({
      address: '203.0.113.9',
      verdict: 'blocked',
      reason: expect.stringMatching(/^the ban of 203\.0\.113\.0\/24 by admin token .*: guesses passwords$/),
    });
    expect(await check('2001:db8:7::99')).toMatchObject({ verdict: 'shadow', bans: [{ shadow: true }] });
  });

  it('are checked together with the lists of the configuration: an allowlist goes before all', async () => {
    const check = async (address: string) =>
      (await call('get /api/v1/bans/check', { query: `?address=${address}` })).body;
    const desired = {
      blocklist: [
        { cidr: '198.18.0.0/15', note: 'benchmarks' },
        { cidr: '192.0.2.9', mode: 'shadow' },
      ],
      allowlist: ['203.0.113.16/28'],
    };
    const applied = await call('post /api/v1/apply', { body: desired, query: '?mode=replace' });
    expect(applied.status, applied.text).toBe(200);
    expect(await check('198.19.1.1')).toMatchObject({
      verdict: 'blocked',
      reason: '198.18.0.0/15 of blocklist: benchmarks',
      lists: [{ list: 'blocklist', cidr: '198.18.0.0/15', effect: 'blocked', expiresAt: null }],
    });
    expect(await check('192.0.2.9')).toMatchObject({ verdict: 'shadow', reason: '192.0.2.9 of blocklist' });
    expect(await check('203.0.113.17')).toMatchObject({
      verdict: 'allowed',
      reason: '203.0.113.16/28 of allowlist',
      bans: [{ cidr: '203.0.113.0/24' }],
    });
  });

  it('that are lifted are gone, by id and by network', async () => {
    expect((await call('delete /api/v1/bans/{id}', { id: '203.0.113.0_24' })).status).toBe(204);
    expect((await call('delete /api/v1/bans/{id}', { id: '203.0.113.0_24' })).status).toBe(404);
    expect((await call('get /api/v1/bans/{id}', { id: '203.0.113.0_24' })).status).toBe(404);
    const query = '?cidr=::ffff:198.51.100.7/128';
    expect((await call('delete /api/v1/bans', { query })).status).toBe(204);
    const again = await call('delete /api/v1/bans', { query });
    expect(again.body).toMatchObject({
      status: 404,
      detail: expect.stringContaining('no ban of 198.51.100.7'),
    });
    expect(admin.parts.blocklist.status().bans).toBe(2);
  });

  it('leave a trace in the audit log, also those that were refused', async () => {
    const { body } = await call('get /api/v1/audit-logs', { query: '?action=DELETE /api/v1/bans/' });
    expect((body as Page).items).toMatchObject([
      { outcome: 'refused', code: 'BAN_NOT_FOUND' },
      { outcome: 'done', status: 204, resource: '/api/v1/bans/203.0.113.0_24', actor: 'admin token' },
    ]);
    const made = await call('get /api/v1/audit-logs', { query: '?action=POST /api/v1/bans&outcome=done' });
    expect((made.body as Page).items).toMatchObject([
      { resource: '/api/v1/bans/2001:db8::1' },
      { resource: '/api/v1/bans' },
      { resource: '/api/v1/bans/203.0.113.0_24' },
    ]);
  });

  it('are for operators to make and for viewers to see', async () => {
    const { body } = await call('post /api/v1/tokens', { body: { name: 'viewer', role: 'viewer' } });
    const { token } = body as { token: string };
    expect((await call('get /api/v1/bans', { token })).status).toBe(200);
    expect((await call('get /api/v1/bans/check', { token, query: '?address=192.0.2.1' })).status).toBe(200);
    expect((await call('post /api/v1/bans', { token, body: { cidr: '192.0.2.1' } })).status).toBe(403);
    expect((await call('delete /api/v1/bans/{id}', { token, id: '2001:db8::1' })).status).toBe(403);
    expect((await call('delete /api/v1/bans', { token, query: '?cidr=2001:db8::1' })).status).toBe(403);
  });

  it.each([
    [{}, 'CONFIG_INVALID', 'cidr must be an address or CIDR block, or a list'],
    [{ cidr: [] }, 'CONFIG_INVALID', 'cidr must be an address or CIDR block, or a list of 1 to 1000'],
    [{ cidr: '192.0.2.1', for: 'off' }, 'CONFIG_INVALID', 'for is "off": write a time from 1s to 3650d'],
    [{ cidr: '192.0.2.1', for: '60' }, 'CONFIG_INVALID', 'for is "60"'],
    [{ cidr: '192.0.2.1', until: '1h' }, 'CONFIG_INVALID', 'until'],
    [{ cidr: ['192.0.2.1', '192.0.2.300'] }, 'CONFIG_INVALID', '192.0.2.300'],
    [{ cidr: '192.0.2.1/24' }, 'CONFIG_INVALID', 'write 192.0.2.0/24'],
    [{ cidr: '0.0.0.0/0' }, 'BAN_REFUSED', 'is everybody'],
    [{ cidr: ['192.0.2.1', '127.0.0.1'] }, 'BAN_REFUSED', 'this machine'],
  ])('%j is refused, and nothing is banned', async (body, code, message) => {
    const answer = await call('post /api/v1/bans', { body });
    expect(answer.body).toMatchObject({ code });
    expect(answer.text).toContain(JSON.stringify(message).slice(1, -1));
    expect(admin.parts.blocklist.status().bans).toBe(2);
  });

  it.each(['?limit=0', '?cursor=x', '?cidr=nonsense', '?address=10.0.0.1/8', '?origin=people', '?what=1'])(
    'a list is refused for %s',
    async (query) => {
      const answer = await call('get /api/v1/bans', { query });
      expect(answer.body).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    },
  );

  it('are made and lifted while the store is away, and stored when it is back', async () => {
    await admin.store.close();
    const answer = await call('post /api/v1/bans', { body: { cidr: '192.0.2.44' } });
    expect(answer.body).toMatchObject({ items: [{ cidr: '192.0.2.44', isStored: false }] });
    expect(admin.parts.blocklist.status().bans).toBe(3);
    expect((await call('delete /api/v1/bans/{id}', { id: '2001:db8::1' })).status).toBe(204);
    await admin.store.open();
    for (;;) {
      const { body } = await call('get /api/v1/bans/{id}', { id: '192.0.2.44' });
      if ((body as { isStored: boolean }).isStored) break;
    }
    expect(cidrs(await call('get /api/v1/bans'))).toEqual(['192.0.2.44', '2001:db8:7::/64']);
  });
});
