import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Role } from '../../../src/common/contract/index.js';
import { type StoredToken, TokenService } from '../../../src/modules/access/index.js';
import { keep } from '../../support/keep.js';
import {
  createStores,
  mongodbStorage,
  openStores,
  sqliteStorage,
  type Stores,
} from '../../support/stores.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

function token(name: string, more: Partial<StoredToken> = {}): StoredToken {
  return {
    id: Buffer.from(name.padEnd(6, '.')).toString('hex').slice(0, 12),
    name,
    role: 'operator',
    digest: 'ab'.repeat(32),
    createdAt: 1_700_000_000_000,
    createdBy: 'admin token (127.0.0.1)',
    expiresAt: null,
    lastUsedAt: null,
    ...more,
  };
}

function serviceOn(stores: Stores): TokenService {
  const service = new TokenService(stores.tokens, stores.connection);
  service.start();
  keep({ close: () => service.stop() });
  return service;
}

const make = (service: TokenService, name: string, role: Role = 'viewer') =>
  service.create({ name, role, expiresAt: null, createdBy: 'test' });

describe.each(kinds.filter((kind) => kind.available))('tokens on $name', (kind) => {
  it('come back as they were stored, by name', async () => {
    const { tokens } = keep(await openStores(kind.fresh()));
    const stored = [
      token('b', { expiresAt: 1_800_000_000_000 }),
      token('a', { role: 'admin' }),
      token(`c'"$;--`, { lastUsedAt: 5 }),
    ];
    for (const one of stored) await tokens.create(one);
    expect(await tokens.list()).toEqual([stored[1], stored[0], stored[2]]);
  });

  it('have names of their own, also when two are made at once', async () => {
    const { tokens } = keep(await openStores(kind.fresh()));
    const attempts = Array.from({ length: 20 }, (_, index) =>
      tokens.create(token('same', { id: index.toString(16).padStart(12, '0') })),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'TOKEN_EXISTS' });
    }
    expect(await tokens.list()).toHaveLength(1);
  });

  it('go when they are revoked, once', async () => {
    const { tokens } = keep(await openStores(kind.fresh()));
    const one = token('one');
    await tokens.create(one);
    expect(await tokens.remove('$ne')).toBe(false);
    expect(await tokens.remove(one.id)).toBe(true);
    expect(await tokens.remove(one.id)).toBe(false);
    expect(await tokens.list()).toEqual([]);
  });

  it('remember the newest use, whoever tells it last', async () => {
    const { tokens } = keep(await openStores(kind.fresh()));
    const one = token('one');
    await tokens.create(one);
    await tokens.markUsed(
      new Map([
        [one.id, 2_000],
        ['ffffffffffff', 9_000],
      ]),
    );
    await tokens.markUsed(new Map([[one.id, 1_000]]));
    await tokens.markUsed(new Map());
    expect(await tokens.list()).toEqual([{ ...one, lastUsedAt: 2_000 }]);
  });

  it('are unavailable when the store is away', async () => {
    const stores = keep(await openStores(kind.fresh()));
    await stores.connection.close();
    const away = expect.objectContaining({ code: 'STORE_UNAVAILABLE' });
    await expect(stores.tokens.list()).rejects.toEqual(away);
    await expect(stores.tokens.create(token('late'))).rejects.toEqual(away);
    await expect(stores.tokens.remove('000000000000')).rejects.toEqual(away);
  });

  it('that one balancer makes and revokes are known to another one soon', async () => {
    const place = kind.fresh();
    const [here, there] = [keep(await openStores(place)), keep(await openStores(place))].map(serviceOn);
    await there!.list();
    const { text, details } = await make(here!, 'shared', 'operator');
    const soon = { timeout: 20_000, interval: 50 };
    const known = await vi.waitFor(() => there!.authenticate(text), soon);
    expect(known).toEqual({ name: 'shared', role: 'operator', tokenId: details.id });
    await here!.revoke(details.id);
    await expect(here!.authenticate(text)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await vi.waitFor(
      () => expect(there!.authenticate(text)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' }),
      soon,
    );
  });

  it('cannot be judged before the store was read once, and can be when it is away afterwards', async () => {
    const place = kind.fresh();
    const first = keep(await openStores(place));
    const { text } = await make(serviceOn(first), 'early');
    const stores = keep(await createStores(place));
    const service = serviceOn(stores);
    await expect(service.authenticate(text)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(service.authenticate('no token')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await stores.connection.open();
    expect(await service.authenticate(text)).toMatchObject({ name: 'early' });
    await stores.connection.close();
    expect(await service.authenticate(text)).toMatchObject({ name: 'early' });
  });

  it('that are revoked do not come back by a reading that had begun before', async () => {
    const stores = keep(await openStores(kind.fresh()));
    const service = serviceOn(stores);
    const made = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => make(service, name)));
    await Promise.all(
      made.flatMap(({ details }) => [service.list(), service.revoke(details.id), service.list()]),
    );
    for (const { text } of made) {
      await expect(service.authenticate(text)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(await service.list()).toEqual([]);
  });
});
