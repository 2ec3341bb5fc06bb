import { expect, it } from 'vitest';
import type { ApiAnswer } from './admin.application.js';
import type { DocumentedOptions } from './documented.call.js';

/** Calls an operation of the document, and holds the answer against it. */
export type DocumentedCall = (operation: string, options?: DocumentedOptions) => Promise<ApiAnswer>;

export function tellBans(call: DocumentedCall): void {
  it('are made, found, told by an address, and lifted by id and by network', async () => {
    const made = await call('post /api/v1/bans', {
      body: { cidr: ['192.0.2.7', '198.51.100.0/24'], for: '1h' },
    });
    expect(made.status, made.text).toBe(201);
    const { items } = made.body as { items: readonly object[] };
    const one = await call('get /api/v1/bans/{id}', { id: '198.51.100.0_24' });
    expect(items).toEqual([expect.objectContaining({ id: '192.0.2.7' }), one.body]);
    expect((await call('get /api/v1/bans')).body).toMatchObject({ items: [{}, {}], next: null });
    const check = await call('get /api/v1/bans/check', { query: '?address=198.51.100.9' });
    expect(check.body).toMatchObject({ verdict: 'blocked', bans: [one.body] });
    expect((await call('delete /api/v1/bans/{id}', { id: '198.51.100.0_24' })).status).toBe(204);
    expect((await call('delete /api/v1/bans', { query: '?cidr=192.0.2.7' })).status).toBe(204);
    expect((await call('get /api/v1/bans')).body).toMatchObject({ items: [] });
  });
}

export function tellTokens(call: DocumentedCall): void {
  let made: { id: string; token: string };

  it('are made for a name and a role, and tell who asks', async () => {
    const body = { name: 'ci-deploy', role: 'operator', expires: '30d' };
    const answer = await call('post /api/v1/tokens', { body });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toMatchObject({ name: 'ci-deploy', role: 'operator', lastUsedAt: null });
    made = answer.body as typeof made;
    expect(answer.headers.get('location')).toBe(`/api/v1/tokens/${made.id}`);
    const { body: whoami } = await call('get /api/v1/whoami', { token: made.token });
    expect(whoami).toEqual({ name: 'ci-deploy', role: 'operator', tokenId: made.id });
  });

  it('are shown without their secrets, alone and as a list', async () => {
    const list = await call('get /api/v1/tokens');
    const one = await call('get /api/v1/tokens/{id}', { id: made.id });
    expect(list.body).toEqual({ items: [one.body] });
    expect(list.text + one.text).not.toContain(made.token.slice(-43));
  });

  it('are refused once they are revoked', async () => {
    expect((await call('delete /api/v1/tokens/{id}', { id: made.id })).status).toBe(204);
    expect((await call('get /api/v1/whoami', { token: made.token })).status).toBe(401);
    expect((await call('get /api/v1/tokens/{id}', { id: made.id })).status).toBe(404);
    expect((await call('delete /api/v1/tokens/{id}', { id: made.id })).status).toBe(404);
  });

  it('leave a trace in the audit log, with what became of it', async () => {
    const { body } = await call('get /api/v1/audit-logs', { query: '?action=DELETE /api/v1/tokens' });
    expect((body as { items: object[] }).items).toMatchObject([
      { outcome: 'refused', status: 404, code: 'TOKEN_NOT_FOUND', actor: 'admin token' },
      { outcome: 'done', status: 204, code: '', resource: `/api/v1/tokens/${made.id}` },
    ]);
  });
}
