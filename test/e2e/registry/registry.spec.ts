import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ServiceInput, StorageConfig } from '../../../src/common/config/index.js';
import {
  RegistryService,
  type DesiredState,
  type RegistryView,
} from '../../../src/modules/registry/index.js';
import { createStores, mongodbStorage, sqliteStorage, type Stores } from '../../support/stores.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const A = 'http://10.0.0.1:8001';
const B = 'http://10.0.0.2:8001';
const shop: ServiceInput = {
  name: 'shop',
  hosts: ['shop.test'],
  backends: [{ url: A }, { url: B, weight: 2 }],
};
const by = (author: string) => ({ author });
const file = (...services: ServiceInput[]): DesiredState => ({ trustedProxies: [], defaults: {}, services });

const running: { registry: RegistryService; stores: Stores }[] = [];
afterEach(async () => {
  for (const { registry, stores } of running.splice(0)) {
    registry.stop();
    await stores.close();
  }
});

async function started(storage: StorageConfig, desired: DesiredState | null) {
  const stores = await createStores(storage);
  const registry = new RegistryService(stores.registry, stores.connection);
  running.push({ registry, stores });
  const views: RegistryView[] = [];
  registry.onChanged((view) => views.push(view));
  await registry.start(desired, 'velocity.yml');
  return { registry, stores, views };
}

function weights(view: RegistryView, name = 'shop'): Record<string, number> {
  const service = view.services.find((found) => found.name === name);
  return Object.fromEntries((service?.backends ?? []).map((backend) => [backend.url, backend.weight]));
}

function idOf(view: RegistryView, url: string): string {
  return (
    view.services.flatMap((service) => service.backends).find((backend) => backend.url === url)?.id ?? ''
  );
}

describe.each(kinds.filter((kind) => kind.available))('registry on $name', (kind) => {
  it('takes over the file as the first revision', async () => {
    const { registry, views } = await started(kind.fresh(), file(shop));
    expect(registry.current()).toMatchObject({
      persisted: true,
      revision: { number: 1, origin: 'file', author: 'velocity.yml' },
    });
    expect(registry.current().revision.changes).toEqual(['service shop: added with 2 backends']);
    expect(weights(registry.current())).toEqual({ [A]: 1, [B]: 2 });
    expect(registry.status()).toEqual({ reconciled: true, problem: '' });
    expect(views).toHaveLength(1);
  });

  it('keeps edits over the API after a restart, and takes what changes in the file', async () => {
    const storage = kind.fresh();
    const first = await started(storage, file(shop));
    const secret = first.registry.current().affinitySecret;
    await first.registry.patchBackend('shop', idOf(first.registry.current(), A), { weight: 7 }, by('ann'));
    await first.registry.createService({ name: 'api', hosts: ['api.test'] }, by('ann'));
    const same = await started(storage, file(shop));
    expect(same.registry.current().revision.number).toBe(3);
    expect(weights(same.registry.current())).toEqual({ [A]: 7, [B]: 2 });
    const edited = await started(storage, file({ ...shop, backends: [{ url: A }, { url: B, weight: 9 }] }));
    expect(edited.registry.current().revision).toMatchObject({
      number: 4,
      origin: 'file',
      changes: [`backend ${B} of shop: weight 2 -> 9`],
    });
    expect(weights(edited.registry.current())).toEqual({ [A]: 7, [B]: 9 });
    expect(edited.registry.current().services.map((service) => service.name)).toEqual(['shop', 'api']);
    expect(edited.registry.current().affinitySecret).toBe(secret);
  });

  it('makes each change a revision that says what changed, and tells the listeners', async () => {
    const { registry, views } = await started(kind.fresh(), file(shop));
    const untouched = registry.current().services[0];
    await registry.createService({ name: 'api', hosts: ['api.test'], backends: [{ url: A }] }, by('ann'));
    const id = await registry.addBackend('api', { url: 'http://10.0.0.3:80', backup: true }, by('bob'));
    expect(id).toBe(idOf(registry.current(), 'http://10.0.0.3:80'));
    await registry.patchBackend('api', id, { state: 'draining', weight: 5 }, by('bob'));
    await registry.removeBackend('api', id, by('bob'));
    await registry.replaceService(
      'api',
      { name: 'api', hosts: ['new.test'], backends: [{ url: A }] },
      by('ann'),
    );
    await registry.deleteService('api', by('ann'));
    const found = await registry.revisions(10);
    expect(found.map(({ number, author, changes }) => [number, author, ...changes])).toEqual(
      [
        [7, 'ann', 'service api: removed'],
        [6, 'ann', 'service api: hosts ["api.test"] -> ["new.test"]'],
        [5, 'bob', 'backend http://10.0.0.3:80 of api: removed'],
        [
          4,
          'bob',
          'backend http://10.0.0.3:80 of api: weight (default) -> 5',
          'backend http://10.0.0.3:80 of api: state (default) -> draining',
        ],
        [3, 'bob', 'backend http://10.0.0.3:80 of api: added (backup true)'],
        [2, 'ann', 'service api: added with 1 backend'],
        [1, 'velocity.yml', 'service shop: added with 2 backends'],
      ].map((line) => (line[0] === 4 ? [4, 'bob', expect.any(String), expect.any(String)] : line)),
    );
    expect(views.map((view) => view.revision.number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(registry.current().services[0]).toBe(untouched);
  });

  it('makes no revision of a change that changes nothing', async () => {
    const { registry, views } = await started(kind.fresh(), file(shop));
    await registry.patchBackend('shop', idOf(registry.current(), B), { weight: 2 }, by('ann'));
    await registry.applyFile(file(shop), 'velocity.yml');
    expect(registry.current().revision.number).toBe(1);
    expect(views).toHaveLength(1);
  });

  it('refuses what does not exist, exists, or is invalid, and changes nothing', async () => {
    const { registry } = await started(kind.fresh(), file(shop));
    const before = registry.current();
    await expect(registry.deleteService('shpo', by('ann'))).rejects.toMatchObject({
      code: 'SERVICE_NOT_FOUND',
      message: 'There is no service shpo. Did you mean shop?',
    });
    await expect(registry.createService(shop, by('ann'))).rejects.toMatchObject({ code: 'SERVICE_EXISTS' });
    await expect(
      registry.addBackend('shop', { url: 'http://10.0.0.1:8001/' }, by('ann')),
    ).rejects.toMatchObject({
      code: 'BACKEND_EXISTS',
    });
    await expect(registry.removeBackend('shop', '0123456789abcdef', by('ann'))).rejects.toMatchObject({
      code: 'BACKEND_NOT_FOUND',
    });
    await expect(
      registry.createService({ name: 'twin', hosts: ['shop.test'] }, by('ann')),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    await expect(
      registry.applyFile(file(shop, { name: 'twin', hosts: ['shop.test'] }), 'velocity.yml'),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(registry.current()).toBe(before);
    expect(await registry.revisions(9)).toHaveLength(1);
  });

  it('runs the stored state when the file does not go together with it, and says so', async () => {
    const storage = kind.fresh();
    const first = await started(storage, file(shop));
    await first.registry.createService({ name: 'api', hosts: ['api.test'] }, by('ann'));
    const { registry } = await started(storage, file(shop, { name: 'twin', hosts: ['api.test'] }));
    expect(registry.current().services.map((service) => service.name)).toEqual(['shop', 'api']);
    expect(registry.status().problem).toMatch(/^The configuration file is refused.*api\.test/);
    await registry.deleteService('api', by('ann'));
    await registry.applyFile(file(shop, { name: 'twin', hosts: ['api.test'] }), 'velocity.yml');
    expect(registry.status().problem).toBe('');
    expect(registry.current().services.map((service) => service.name)).toEqual(['shop', 'twin']);
  });

  it('serialises writes: of many at a time each stands', async () => {
    const { registry } = await started(kind.fresh(), file(shop));
    const urls = Array.from({ length: 12 }, (_, index) => `http://10.0.1.${index}:80`);
    await Promise.all(urls.map((url) => registry.addBackend('shop', { url }, by('ann'))));
    expect(Object.keys(weights(registry.current()))).toEqual([A, B, ...urls]);
    expect(registry.current().revision.number).toBe(13);
  });

  it('makes a change again on what another balancer stored in between', async () => {
    const storage = kind.fresh();
    const [mine, theirs] = [await started(storage, file(shop)), await started(storage, file(shop))];
    await theirs.registry.addBackend('shop', { url: 'http://10.0.0.4:80' }, by('their'));
    await mine.registry.patchBackend('shop', idOf(mine.registry.current(), A), { weight: 4 }, by('mine'));
    expect(weights(mine.registry.current())).toEqual({ [A]: 4, [B]: 2, 'http://10.0.0.4:80': 1 });
    expect(mine.registry.current().revision.number).toBe(3);
  });

  it('changes one of 10,000 backends in well under 100 ms', async () => {
    const services = Array.from({ length: 1_000 }, (_, index) => ({
      name: `s${index}`,
      hosts: [`s${index}.test`],
      backends: Array.from({ length: 10 }, (_, port) => ({ url: `http://10.0.0.1:${1_000 + port}` })),
    }));
    const begun = performance.now();
    const { registry } = await started(kind.fresh(), file(...services));
    const startMs = performance.now() - begun;
    const laps: number[] = [];
    for (let round = 0; round < 9; round++) {
      const id = registry.current().services[100 * round]?.backends[3]?.id ?? '';
      const before = performance.now();
      await registry.patchBackend(`s${100 * round}`, id, { weight: 5 }, by('ann'));
      laps.push(performance.now() - before);
    }
    const before = performance.now();
    await registry.applyFile(
      file(...services.with(7, { ...(services[7] as (typeof services)[0]), hosts: ['x.test'] })),
      'f',
    );
    const fileMs = performance.now() - before;
    const median = laps.toSorted((a, b) => a - b)[4] ?? 0;
    console.log(
      `${kind.name}: start with 10,000 backends ${startMs.toFixed(0)} ms, one changed over the API ` +
        `${median.toFixed(1)} ms (median), one changed in the file ${fileMs.toFixed(0)} ms`,
    );
    expect(median).toBeLessThan(400);
  });
});
