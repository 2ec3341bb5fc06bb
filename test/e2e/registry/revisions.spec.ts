import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ServiceInput } from '../../../src/common/config/index.js';
import { stateTag, writeContent } from '../../../src/modules/registry/index.js';
import { CertificateAuthority } from '../../support/certificate.authority.js';
import { mongodbStorage, sqliteStorage } from '../../support/stores.js';
import { Registries, by, file, idOf, serviceNames, textOf, weights } from './registries.js';
import { StoredContents, packed } from './stored-contents.js';

const kinds = [await sqliteStorage(), await mongodbStorage(), await mongodbStorage({ replicaSet: false })];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const A = 'http://10.0.0.1:8001';
const B = 'http://10.0.0.2:8001';
const shop: ServiceInput = {
  name: 'shop',
  hosts: ['shop.test'],
  backends: [{ url: A }, { url: B, weight: 2 }],
};
const api: ServiceInput = {
  name: 'api',
  hosts: ['api.test'],
  timeouts: { connect: '1s' },
  backends: [{ url: A }],
};

describe.each(kinds.filter((kind) => kind.available))('revisions on $name', (kind) => {
  const registries = new Registries();
  afterEach(() => registries.end());

  it('keep what they held, byte for byte, over many differences and restarts', async () => {
    const storage = kind.fresh();
    const texts = new Map<number, string>();
    let { registry } = await registries.start(storage, file(shop));
    const remember = () => texts.set(registry.current().revision.number, textOf(registry.current()));
    remember();
    const keys = { hosts: ['x.test'], name: 'written', backends: [{ weight: 3, url: B }, { url: A }] };
    await registry.createService(keys, by('ann'));
    remember();
    await registry.createService(api, by('ann'));
    remember();
    for (let round = 0; round < 120; round++) {
      if (round % 40 === 20) registry = (await registries.start(storage, file(shop))).registry;
      const id = idOf(registry.current(), round % 3 === 0 ? A : B);
      await registry.patchBackend('shop', id, { weight: 3 + round }, by('ann'));
      remember();
    }
    await registry.deleteService('shop', by('ann'));
    remember();
    await registry.apply(
      { trustedProxies: ['10.0.0.0/8'], defaults: { retries: { attempts: 1 } }, services: [api, shop] },
      { mode: 'replace' },
      by('ann'),
    );
    remember();
    expect(texts.size).toBe(125);
    const other = (await registries.start(storage)).registry;
    expect(textOf(other.current())).toBe(texts.get(125));
    for (const [number, text] of texts) expect(JSON.stringify(await other.stateAt(number))).toBe(text);
    expect(await other.revision(3)).toMatchObject({ number: 3, author: 'ann', restores: 0 });
  });

  it('are rolled back to byte for byte, also where only the writing or the order differs', async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop, api));
    const first = textOf(registry.current());
    await registry.replaceService('shop', { name: 'shop', backends: [{ url: B }] }, by('ann'));
    await registry.deleteService('api', by('ann'));
    const back = await registry.rollback(1, { author: 'bob', note: 'too early' });
    expect(textOf(back)).toBe(first);
    expect(back.revision).toMatchObject({
      number: 4,
      restores: 1,
      author: 'bob',
      note: 'too early',
      origin: 'api',
    });
    expect(back.revision.changes).toContain('service api: added with 1 backend');

    await registry.apply(file(api, shop), { mode: 'replace' }, by('ann'));
    expect(registry.current().revision.changes).toEqual(['services: in another order']);
    const rewritten = { ...shop, backends: [{ url: A }, { weight: 2, url: B }] };
    await registry.apply(file(api, rewritten), { mode: 'replace' }, by('ann'));
    expect(registry.current().revision.changes).toEqual(['written differently: it means the same']);
    expect(textOf(await registry.rollback(4, by('bob')))).toBe(first);
    const other = await registries.start(storage);
    expect(textOf(other.registry.current())).toBe(first);
    expect(JSON.stringify(await other.registry.stateAt(7))).toBe(first);
  });

  it('make no new one when nothing would change, and say which do not exist', async () => {
    const { registry, views } = await registries.start(kind.fresh(), file(shop));
    expect((await registry.rollback(1, by('ann'))).revision.number).toBe(1);
    expect((await registry.apply(file(shop), { mode: 'replace' }, by('ann'))).revision.number).toBe(1);
    expect(views).toHaveLength(1);
    const missing = {
      code: 'REVISION_NOT_FOUND',
      message: expect.stringMatching(/^There is no revision 7,/),
    };
    await expect(registry.rollback(7, by('ann'))).rejects.toMatchObject(missing);
    await expect(registry.revision(7)).rejects.toMatchObject(missing);
    await expect(registry.stateAt(7)).rejects.toMatchObject(missing);
  });

  it('are applied as a file is, or replaced as a whole', async () => {
    const { registry } = await registries.start(kind.fresh(), file(shop));
    await registry.patchBackend('shop', idOf(registry.current(), A), { weight: 7 }, by('ann'));
    const merged = await registry.apply(
      file({ ...shop, hosts: ['new.test'] }, api),
      { mode: 'merge', file: 'next.yml' },
      { author: 'bob', origin: 'file' },
    );
    expect(weights(merged)).toEqual({ [A]: 7, [B]: 2 });
    expect(serviceNames(merged)).toEqual(['shop', 'api']);
    expect(merged.revision).toMatchObject({ origin: 'file', author: 'bob', note: 'from next.yml' });
    // It is the applied file now: the same again says nothing new, and leaving api out removes it.
    await registry.deleteService('api', by('ann'));
    expect(
      serviceNames(
        await registry.apply(file({ ...shop, hosts: ['new.test'] }, api), { mode: 'merge' }, by('bob')),
      ),
    ).toEqual(['shop']);
    const replaced = await registry.apply(file(api), { mode: 'replace' }, by('bob'));
    expect(serviceNames(replaced)).toEqual(['api']);
    await expect(registry.apply(file(api, api), { mode: 'replace' }, by('bob'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('services[1]'),
    });
  });

  it('can be looked at before they are made', async () => {
    const { registry, views } = await registries.start(kind.fresh(), file(shop));
    await registry.createService(api, by('ann'));
    const untouched = registry.current().services[1];
    const plan = await registry.preview({
      desired: file({ ...shop, hosts: ['new.test'] }, api),
      mode: 'replace',
    });
    expect(plan.base.number).toBe(2);
    expect(plan.changes).toEqual(['service shop: hosts ["shop.test"] -> ["new.test"]']);
    expect(plan.services[1]).toBe(untouched);
    expect(plan.services[0]).toMatchObject({ name: 'shop', hosts: ['new.test'] });
    expect((await registry.preview({ rollback: 1 })).changes).toEqual(['service api: removed']);
    expect((await registry.preview({ desired: file(shop), mode: 'merge' })).changes).toEqual([]);
    await expect(registry.preview({ rollback: 9 })).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
    await expect(
      registry.preview({ desired: file(shop, { ...shop, name: 'twin' }), mode: 'merge' }),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('services[2].hosts[0]'),
    });
    const many = Array.from({ length: 300 }, (_, index) => ({
      name: `s${index}`,
      hosts: [`s${index}.test`],
    }));
    expect((await registry.preview({ desired: file(...many), mode: 'replace' })).changes).toHaveLength(302);
    expect(views).toHaveLength(2);
    expect(await registry.revisions(9)).toHaveLength(2);
  });

  it('of another time say why they cannot be read, and the rest stays readable', async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop));
    for (let weight = 3; weight < 8; weight++) {
      await registry.patchBackend('shop', idOf(registry.current(), B), { weight }, by('ann'));
    }
    const contents = new StoredContents(storage);
    const refusal = async (number: number) => {
      const error = await registry.rollback(number, by('ann')).then(
        () => null,
        (reason: { code: string; message: string }) => reason,
      );
      expect(error).toMatchObject({ code: 'REVISION_UNREADABLE' });
      return error?.message ?? '';
    };
    await contents.edit(5, { format: 2 });
    expect(await refusal(5)).toMatch(
      /^Revision 5 cannot be read: it was made by a newer Velocity \(format 2, /,
    );
    await contents.edit(4, { digest: '0'.repeat(64) });
    expect(await refusal(4)).toMatch(/damaged/);
    await contents.edit(3, { data: new Uint8Array([1, 2, 3]) });
    expect(await refusal(3)).toMatch(/damaged/);
    await contents.edit(2, { data: packed({ services: [[7, 1]] }) });
    expect(await refusal(2)).toMatch(/damaged/);
    await contents.remove(2);
    expect(await refusal(2)).toMatch(/by a Velocity that did not keep the contents of revisions/);
    expect(await refusal(3)).toMatch(/damaged/);
    await contents.edit(1, {
      data: packed({ trustedProxies: [], defaults: {}, services: [], blocklist: [] }),
    });
    expect(await refusal(1)).toMatch(/damaged/);
    expect(registry.current().revision.number).toBe(6);
    await registry.createService(api, by('ann'));
    expect(JSON.stringify(await registry.stateAt(7))).toBe(textOf(registry.current()));
  });

  it('with keys of a newer version are not brought back', async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop));
    const newer = { ...file(shop), services: [{ ...shop, tarpit: 'on' } as ServiceInput] };
    const { digest, parts } = writeContent(null, newer, 1).content;
    await registry.createService(api, by('ann'));
    await new StoredContents(storage).edit(1, { digest, data: parts[0] as Uint8Array });
    await expect(registry.rollback(1, by('ann'))).rejects.toMatchObject({
      code: 'REVISION_UNREADABLE',
      message: expect.stringMatching(/services\[0\]\.tarpit: is no known key.*newer Velocity/),
    });
  });

  it('are kept up to the limit, with all that those need', async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop, api), { revisions: 12 });
    const texts = [textOf(registry.current())];
    for (let round = 0; round < 90; round++) {
      await registry.patchBackend('shop', idOf(registry.current(), B), { weight: 10 + round }, by('ann'));
      texts.push(textOf(registry.current()));
    }
    const kept = await registry.revisions(1_000);
    expect(kept.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, index) => 91 - index));
    for (const { number } of kept)
      expect(JSON.stringify(await registry.stateAt(number))).toBe(texts[number - 1]);
    await expect(registry.stateAt(79)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
    const numbers = await new StoredContents(storage).numbers();
    expect(numbers.at(0)).toBeGreaterThan(79 - 51);
    expect(numbers.length).toBeLessThan(12 + 51);
  });

  it('bring back a backend that no longer exists as desired, and name a CA file that is gone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'velocity-ca-'));
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, new CertificateAuthority().cert);
    const { registry } = await registries.start(kind.fresh(), file(shop));
    const vault: ServiceInput = {
      name: 'vault',
      hosts: ['v.test'],
      backends: [{ url: 'https://10.0.0.9:8443' }],
      tls: { ca },
    };
    await registry.createService(vault, by('ann'));
    const gone = idOf(registry.current(), A);
    await registry.removeBackend('shop', gone, by('ann'));
    await registry.deleteService('vault', by('ann'));
    expect(idOf(await registry.rollback(2, by('ann')), A)).toBe(gone);
    await registry.deleteService('vault', by('ann'));
    await rm(ca);
    const before = registry.current();
    await expect(registry.rollback(2, by('ann'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(ca),
    });
    expect(registry.current()).toBe(before);
    await rm(folder, { recursive: true });
  });

  it('of which one is changed on condition name the present tag', async () => {
    const { registry } = await registries.start(kind.fresh(), file(shop));
    const seen = stateTag(registry.current());
    await registry.createService(api, by('ann'));
    await expect(registry.rollback(1, { ...by('bob'), ifMatch: [seen] })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: expect.stringContaining('it has "2" now'),
    });
    await expect(
      registry.apply(file(), { mode: 'replace' }, { ...by('bob'), ifMatch: [] }),
    ).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await registry.rollback(1, { ...by('bob'), ifMatch: ['7', '2'] })).revision.number).toBe(3);
    expect((await registry.rollback(2, { ...by('bob'), ifMatch: ['*'] })).revision.number).toBe(4);
  });
});
