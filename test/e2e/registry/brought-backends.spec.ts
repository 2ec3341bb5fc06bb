import { ConfigService } from '@nestjs/config';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  parseConfigText,
  type BackendInput,
  type ServiceInput,
  type StorageConfig,
} from '../../../src/common/config/index.js';
import { RegistryService, type RegistryView } from '../../../src/modules/registry/index.js';
import { createStores, mongodbStorage, sqliteStorage } from '../../support/stores.js';
import { by, file, idOf, Registries } from './registries.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));
const registries = new Registries();
afterEach(() => registries.end());

const A = 'http://10.0.0.1:8001';
const B = 'http://10.0.0.2:8001';
const C = 'http://10.0.0.3:8001';
const FOUND = 'http://10.0.1.1:8001';
const SECOND = 'http://10.0.1.2:8001';
const GONE = 'http://10.0.1.3:8001';

const shop = (...backends: BackendInput[]): ServiceInput => ({
  name: 'shop',
  discovery: [{ file: 'shop.yml' }],
  backends,
});
const found = (url: string): BackendInput => ({ url, source: 'file:shop.yml' });
const discovery = { author: 'file:shop.yml', origin: 'discovery' as const };

/** URL and source of each backend, as they run. */
const sources = (view: RegistryView) =>
  Object.fromEntries((view.services[0]?.backends ?? []).map(({ url, source }) => [url, source]));

const BROUGHT = { [FOUND]: 'file:shop.yml', [SECOND]: 'file:shop.yml' };

describe.each(kinds.filter((kind) => kind.available))('backends that were brought, on $name', (kind) => {
  /** A file with A, and two found ones. Revision 2. */
  const withFound = async () => {
    const storage = kind.fresh();
    const { registry } = await registries.start(storage, file(shop({ url: A })));
    await registry.changeBackends(
      [FOUND, SECOND].map((url) => ({ kind: 'add', service: 'shop', backend: found(url) })),
      discovery,
    );
    return { registry, storage };
  };

  it('come as one revision', async () => {
    const { registry } = await withFound();
    const view = registry.current();
    expect(sources(view)).toEqual({ [A]: null, ...BROUGHT });
    expect(view.revision).toMatchObject({ number: 2, origin: 'discovery', author: 'file:shop.yml' });
    expect(view.revision.changes).toEqual(
      [FOUND, SECOND].map((url) => `backend ${url} of shop: added (source file:shop.yml)`),
    );
  });

  it('stay when the file is edited, and after a restart on another file', async () => {
    const { registry, storage } = await withFound();
    expect(sources(await registry.applyFile(file(shop({ url: B })), 'velocity.yml'))).toEqual({
      [B]: null,
      ...BROUGHT,
    });
    const { registry: restarted } = await registries.start(storage, file(shop({ url: B }, { url: C })));
    expect(sources(restarted.current())).toEqual({ [B]: null, [C]: null, ...BROUGHT });
  });

  it('stay under each way to apply a document, also one that was exported before they changed', async () => {
    const { registry } = await withFound();
    const document = file(shop({ url: B }, { ...found(FOUND), weight: 5 }, found(GONE)));
    for (const mode of ['merge', 'replace'] as const) {
      const view = await registry.apply(document, { mode }, by('ann'));
      expect(sources(view), mode).toEqual({ [B]: null, ...BROUGHT });
      expect(view.services[0]?.backends.find(({ url }) => url === FOUND)?.weight, mode).toBe(5);
    }
  });

  it('stay when an earlier revision is brought back, as they are now', async () => {
    const { registry } = await withFound();
    const draining = { weight: 3, state: 'draining' as const };
    await registry.patchBackend('shop', idOf(registry.current(), FOUND), draining, by('ann'));
    await registry.changeBackends(
      [
        { kind: 'remove', service: 'shop', backend: idOf(registry.current(), SECOND) },
        { kind: 'add', service: 'shop', backend: found(GONE) },
      ],
      discovery,
    );
    for (const revision of [1, 2]) {
      const view = await registry.rollback(revision, by('ann'));
      expect(sources(view), String(revision)).toEqual({
        [A]: null,
        [FOUND]: 'file:shop.yml',
        [GONE]: 'file:shop.yml',
      });
      expect(view.services[0]?.backends.find(({ url }) => url === FOUND)).toMatchObject(draining);
    }
  });

  it('stay when a guarded change is taken back, whatever came and went meanwhile', async () => {
    const { registry } = await withFound();
    const deadline = Date.now() + 60_000;
    const terms = { deadline, confirmation: 'manual', maxErrorIncrease: 0.05, maxLatencyFactor: 2 } as const;
    const desired = file(shop({ url: B }));
    await registry.apply(desired, { mode: 'replace' }, by('ann'), terms);
    const guard = registry.guard()?.revision ?? 0;
    await registry.changeBackends(
      [
        { kind: 'remove', service: 'shop', backend: idOf(registry.current(), SECOND) },
        { kind: 'add', service: 'shop', backend: found(GONE) },
      ],
      discovery,
    );
    const view = await registry.settleGuard(guard, 'reverted', by('guard'));
    expect(sources(view)).toEqual({ [A]: null, [FOUND]: 'file:shop.yml', [GONE]: 'file:shop.yml' });
  });

  it('stay when the service is replaced, and take what it says of them', async () => {
    const { registry } = await withFound();
    const replaced = await registry.replaceService(
      'shop',
      shop({ url: B }, { ...found(FOUND), weight: 7 }, found(GONE)),
      by('ann'),
    );
    expect(sources(replaced)).toEqual({ [B]: null, ...BROUGHT });
    expect(replaced.services[0]?.backends.find(({ url }) => url === FOUND)?.weight).toBe(7);
  });

  it('become typed in when somebody types them in, and do not take the place of what is', async () => {
    const { registry } = await withFound();
    const typed = await registry.applyFile(file(shop({ url: A }, { url: FOUND })), 'velocity.yml');
    expect(sources(typed)).toEqual({ [A]: null, [FOUND]: null, [SECOND]: 'file:shop.yml' });
    const claimed = await registry.apply(file(shop(found(A), found(FOUND))), { mode: 'replace' }, by('ann'));
    expect(sources(claimed)).toEqual({ [A]: null, [FOUND]: null, [SECOND]: 'file:shop.yml' });
    const before = claimed.revision.number;
    const again = await registry.changeBackends(
      [{ kind: 'add', service: 'shop', backend: found(A) }],
      discovery,
    );
    expect(again.revision.number).toBe(before);
  });

  it('can be changed and removed one by one, and are made by nobody else', async () => {
    const { registry } = await withFound();
    await registry.removeBackend('shop', idOf(registry.current(), FOUND), by('ann'));
    expect(sources(registry.current())).toEqual({ [A]: null, [SECOND]: 'file:shop.yml' });
    await expect(registry.addBackend('shop', found(GONE), by('ann'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      issues: [{ path: 'source' }],
    });
    const { services } = await registry.createService(
      { ...shop(found(GONE)), name: 'api', hosts: ['api.test'] },
      by('ann'),
    );
    expect(services[1]?.backends).toEqual([]);
  });

  it('are left out of the first file', async () => {
    const { registry } = await registries.start(kind.fresh(), file(shop({ url: A }, found(GONE))));
    expect(sources(registry.current())).toEqual({ [A]: null });
  });
});

async function started(yaml: string, storage: StorageConfig) {
  const { config } = parseConfigText(yaml, 'velocity.yml', {});
  const stores = await createStores(storage);
  const registry = new RegistryService(
    stores.registry,
    stores.connection,
    new ConfigService({ velocity: config }),
  );
  registries.track({ registry, stores, views: [] });
  await registry.start(null, 'velocity.yml');
  return registry;
}

describe.each(kinds.filter((kind) => kind.available))('a service that is scaled, on $name', (kind) => {
  const scaled = (more: object = {}): ServiceInput => ({
    name: 'shop',
    backends: [],
    scaling: { process: { command: 'node', ports: '9200-9299' }, ...more },
  });

  it('is taken where the process was started with its driver', async () => {
    const registry = await started('drivers: { process: {} }', kind.fresh());
    const view = await registry.createService(scaled(), by('ann'));
    expect(view.services[0]?.scaling).toMatchObject({ source: { driver: 'process' }, min: 1, max: 10 });
  });

  it('is refused where it was not, in each way to bring it', async () => {
    const registry = await started('drivers: { docker: {} }', kind.fresh());
    await registry.createService({ name: 'shop' }, by('ann'));
    const message =
      'needs the driver process, and this balancer was started without: write drivers: { process: {} } in its file and start it again, or remove this key';
    const refusal = (path: string) => ({ code: 'CONFIG_INVALID', issues: [{ path, message }] });
    await expect(registry.replaceService('shop', scaled(), by('ann'))).rejects.toMatchObject(
      refusal('scaling.process'),
    );
    const whole = refusal('services[0].scaling.process');
    await expect(registry.apply(file(scaled()), { mode: 'merge' }, by('ann'))).rejects.toMatchObject(whole);
    await expect(registry.applyFile(file(scaled()), 'velocity.yml')).rejects.toMatchObject(whole);
    expect(registry.current().services[0]?.scaling).toBeNull();
  });

  it('stays where another balancer took it, and takes every change but one of what is started', async () => {
    const storage = kind.fresh();
    await (await started('drivers: { process: {} }', storage)).createService(scaled(), by('ann'));
    const other = await started('', storage);
    const view = await other.replaceService('shop', scaled({ max: 20 }), by('bob'));
    expect(view.services[0]?.scaling?.max).toBe(20);
    const command = { process: { command: 'sh', ports: '9200-9299' } };
    await expect(other.replaceService('shop', scaled(command), by('bob'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('is the same after a restart, with whatever names its labels have', async () => {
    const storage = kind.fresh();
    const docker = { image: 'shop', port: 80 };
    const labels = { 'com.example.team': 'a', $x: 'b' };
    const service: ServiceInput = { name: 'shop', scaling: { docker: { ...docker, labels } }, backends: [] };
    const first = await started('drivers: { docker: {} }', storage);
    const { state } = await first.createService(service, by('ann'));
    const second = await started('drivers: { docker: {} }', storage);
    expect(second.current().state).toEqual(state);
    expect(second.current().services[0]?.scaling?.source).toMatchObject({ labels });
  });
});
