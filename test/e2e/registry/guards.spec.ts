import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ServiceInput } from '../../../src/common/config/index.js';
import type { GuardTerms } from '../../../src/modules/registry/index.js';
import { mongodbStorage, sqliteStorage } from '../../support/stores.js';
import { Registries, by, file, idOf, serviceNames, textOf, weights } from './registries.js';

const kinds = [await sqliteStorage(), await mongodbStorage(), await mongodbStorage({ replicaSet: false })];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const A = 'http://10.0.0.1:8001';
const B = 'http://10.0.0.2:8001';
const shop: ServiceInput = {
  name: 'shop',
  hosts: ['shop.test'],
  backends: [{ url: A }, { url: B, weight: 2 }],
};
const api: ServiceInput = { name: 'api', hosts: ['api.test'], backends: [{ url: A }] };
const terms: GuardTerms = {
  deadline: Date.now() + 60_000,
  confirmation: 'manual',
  maxErrorIncrease: 0.05,
  maxLatencyFactor: 2,
};
const moved = { ...shop, backends: [{ url: B, weight: 2 }] };

describe.each(kinds.filter((kind) => kind.available))('a guarded change on $name', (kind) => {
  const registries = new Registries();
  afterEach(() => registries.end());
  const guarded = async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop));
    const before = textOf(registry.current());
    await registry.apply(file(moved), { mode: 'replace' }, by('ann'), terms);
    return { registry, storage, before };
  };

  it('stays when it is confirmed', async () => {
    const { registry, storage } = await guarded();
    const guard = { ...terms, revision: 2, previous: 1, author: 'ann', isFile: false };
    expect(registry.guard()).toEqual(guard);
    const other = (await registries.start(storage, file(shop))).registry;
    expect(other.current().guard).toEqual(guard);
    const after = textOf(registry.current());
    const view = await other.settleGuard(2, 'confirmed', { author: 'bob', note: 'looks good' });
    expect(view).toMatchObject({
      guard: null,
      revision: { number: 3, author: 'bob', note: 'looks good', restores: 0 },
    });
    expect(view.revision.changes).toEqual(['guard of revision 2: confirmed']);
    expect(textOf(view)).toBe(after);
    for (const verdict of ['confirmed', 'reverted'] as const) {
      await expect(registry.settleGuard(2, verdict, by('ann'))).rejects.toMatchObject({
        code: 'GUARD_NOT_FOUND',
      });
    }
    expect(registry.guard()).toBeNull();
    expect(await registry.revisions(9)).toHaveLength(3);
  });

  it('is taken back byte for byte when nothing else changed', async () => {
    const { registry, before } = await guarded();
    const view = await registry.settleGuard(2, 'reverted', {
      author: 'guard',
      origin: 'system',
      note: 'errors',
    });
    expect(textOf(view)).toBe(before);
    expect(view).toMatchObject({
      guard: null,
      revision: { number: 3, restores: 1, origin: 'system', note: 'errors' },
    });
    expect(view.revision.changes).toEqual(['guard of revision 2: taken back', `backend ${A} of shop: added`]);
  });

  it('is taken back out of what was edited since then: the edits stay', async () => {
    const { registry } = await guarded();
    await registry.createService(api, by('bob'));
    await registry.patchBackend('shop', idOf(registry.current(), B), { weight: 9 }, by('bob'));
    const view = await registry.settleGuard(2, 'reverted', by('guard'));
    expect(serviceNames(view)).toEqual(['shop', 'api']);
    expect(weights(view)).toEqual({ [A]: 1, [B]: 9 });
    expect(view.revision).toMatchObject({ restores: 0 });
  });

  it('is taken back whole where later edits do not go together with what was there before', async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop, api));
    const before = textOf(registry.current());
    await registry.apply(file(shop), { mode: 'replace' }, by('ann'), terms);
    await registry.createService({ name: 'other', hosts: ['api.test'] }, by('bob'));
    const view = await registry.settleGuard(2, 'reverted', by('guard'));
    expect(textOf(view)).toBe(before);
    expect(view.revision).toMatchObject({ restores: 1 });
    expect(view.revision.changes).toContain(
      'changes made since then went too: they do not go together with what was there before',
    );
  });

  it('that was undone by hand leaves nothing to take back', async () => {
    const { registry, before } = await guarded();
    await registry.rollback(1, by('ann'));
    expect(registry.guard()?.revision).toBe(2);
    const view = await registry.settleGuard(2, 'reverted', by('guard'));
    expect(textOf(view)).toBe(before);
    expect(view.revision.changes).toEqual(['guard of revision 2: taken back']);
  });

  it('is the only one at a time, and nothing is guarded that changes nothing', async () => {
    const { registry } = await guarded();
    const refused = { code: 'GUARD_ACTIVE', message: expect.stringContaining('Revision 2 of ann') };
    await expect(registry.rollback(1, by('bob'), terms)).rejects.toMatchObject(refused);
    await expect(registry.apply(file(api), { mode: 'merge' }, by('bob'), terms)).rejects.toMatchObject(
      refused,
    );
    await registry.settleGuard(2, 'confirmed', by('ann'));
    await registry.apply(file(moved), { mode: 'replace' }, by('ann'), terms);
    expect(registry.current()).toMatchObject({ guard: null, revision: { number: 3 } });
    const view = await registry.rollback(1, by('bob'), terms);
    expect(view).toMatchObject({
      guard: { revision: 4, previous: 3, author: 'bob' },
      revision: { restores: 1 },
    });
  });

  it('that merged a file leaves it applied: neither a restart nor a reconnect brings it in again', async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop));
    const before = textOf(registry.current());
    await registry.apply(file(moved), { mode: 'merge', file: 'velocity.yml' }, by('ann'), terms);
    expect(registry.guard()).toMatchObject({ isFile: true });
    const view = await registry.settleGuard(2, 'reverted', { author: 'guard', note: 'errors' });
    expect(textOf(view)).toBe(before);
    expect(view.revision.note).toMatch(/^errors\. The file stays as it was applied/);
    const again = await registries.start(storage, file(moved));
    expect(textOf(again.registry.current())).toBe(before);
    expect(
      weights(await again.registry.applyFile(file({ ...moved, backends: [{ url: B, weight: 5 }] }), 'f')),
    ).toEqual({
      [A]: 1,
      [B]: 5,
    });
  });

  it('is found again after a restart, with the history that it needs', async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop), { revisions: 10 });
    const before = textOf(registry.current());
    await registry.apply(file(moved), { mode: 'replace' }, by('ann'), terms);
    for (let weight = 10; weight < 40; weight++) {
      await registry.patchBackend('shop', idOf(registry.current(), B), { weight }, by('bob'));
    }
    expect((await registry.revisions(1_000)).at(-1)?.number).toBe(1);
    await registry.patchBackend('shop', idOf(registry.current(), B), { weight: 2 }, by('bob'));
    const restarted = await registries.start(storage, file(shop), { revisions: 10 });
    const view = await restarted.registry.settleGuard(2, 'reverted', by('guard'));
    expect(textOf(view)).toBe(before);
    await restarted.registry.createService(api, by('bob'));
    expect(await registry.revisions(1_000)).toHaveLength(10);
  });
});
