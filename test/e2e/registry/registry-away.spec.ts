import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { ServiceInput } from '../../../src/common/config/index.js';
import { RegistryService, type DesiredState } from '../../../src/modules/registry/index.js';
import { freePort } from '../../support/free-ports.js';
import { MONGOD_IS_GIVEN, startMongod, type Mongod } from '../../support/mongod.js';
import { createStores, reached, type Stores } from '../../support/stores.js';

const shop: ServiceInput = { name: 'shop', backends: [{ url: 'http://10.0.0.1:80' }] };
const by = (author: string) => ({ author });
const file = (...services: ServiceInput[]): DesiredState => ({ trustedProxies: [], defaults: {}, services });
const names = (registry: RegistryService) => registry.current().services.map((service) => service.name);

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function registryOn(
  uri: string,
  database: string,
): Promise<{ registry: RegistryService; stores: Stores }> {
  const stores = await createStores({ driver: 'mongodb', uri, database });
  const registry = new RegistryService(stores.registry, stores.connection);
  ends.push(async () => {
    registry.stop();
    await stores.close();
  });
  return { registry, stores };
}

const untilReconciled = (registry: RegistryService) =>
  vi.waitFor(() => expect(registry.status().reconciled).toBe(true), { timeout: 20_000, interval: 20 });

const mongod = MONGOD_IS_GIVEN ? null : await startMongod();
afterAll(() => mongod?.stop());

describe.skipIf(mongod === null)('registry without its store', () => {
  const server = mongod as Mongod;
  let count = 0;
  const database = () => `${server.database}_${count++}`;

  it('runs on the file when the store is absent at the start, and stores it when it comes', async () => {
    const port = await freePort();
    const { registry } = await registryOn(`mongodb://127.0.0.1:${port}/?replicaSet=velocity`, 'velocity');
    await registry.start(file(shop), 'velocity.yml');
    expect(registry.current()).toMatchObject({ persisted: false, revision: { number: 0 } });
    expect(names(registry)).toEqual(['shop']);
    expect(registry.status().reconciled).toBe(false);
    await expect(registry.createService({ name: 'api' }, by('ann'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(names(registry)).toEqual(['shop']);
    const secret = registry.current().affinitySecret;
    const late = await startMongod({ port });
    ends.unshift(async () => late?.stop());
    await untilReconciled(registry);
    expect(registry.current()).toMatchObject({
      persisted: true,
      revision: { number: 1 },
      affinitySecret: secret,
    });
    await registry.createService({ name: 'api', hosts: ['api.test'] }, by('ann'));
    expect(names(registry)).toEqual(['shop', 'api']);
  });

  it('takes what the store held all along when it comes late', async () => {
    const name = database();
    const first = await registryOn(server.uri, name);
    await first.registry.start(file(shop), 'velocity.yml');
    await first.registry.createService({ name: 'api', hosts: ['api.test'] }, by('ann'));
    await server.kill();
    const { registry } = await registryOn(server.uri, name);
    await registry.start(file(shop), 'velocity.yml');
    expect(names(registry)).toEqual(['shop']);
    await server.restart();
    await untilReconciled(registry);
    expect(names(registry)).toEqual(['shop', 'api']);
    expect(registry.current()).toMatchObject({
      persisted: true,
      revision: { number: 2 },
      affinitySecret: first.registry.current().affinitySecret,
    });
  });

  it('goes on when the store dies; an edit of the file runs at once and is stored on its return', async () => {
    const name = database();
    const { registry, stores } = await registryOn(server.uri, name);
    await registry.start(file(shop), 'velocity.yml');
    await registry.addBackend('shop', { url: 'http://10.0.0.9:80' }, by('ann'));
    await server.kill();
    await reached(stores.connection, 'away');
    await expect(registry.deleteService('shop', by('ann'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await registry.applyFile(file({ ...shop, hosts: ['shop.test'] }, { name: 'new' }), 'velocity.yml');
    expect(registry.current()).toMatchObject({ persisted: false, revision: { number: 2 } });
    expect(registry.current().services[0]).toMatchObject({ hosts: ['shop.test'], backends: [{}, {}] });
    expect(names(registry)).toEqual(['shop', 'new']);
    await expect(registry.applyFile(file(shop, shop), 'velocity.yml')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    await server.restart();
    await untilReconciled(registry);
    expect(registry.current()).toMatchObject({ persisted: true, revision: { number: 3, origin: 'file' } });
    const again = await registryOn(server.uri, name);
    await again.registry.start(null, '');
    expect(again.registry.current().state).toEqual(registry.current().state);
  });

  it('finds out by itself what became of a change that it had to give up', async () => {
    const { registry } = await registryOn(server.uri, database());
    await registry.start(file(shop), 'velocity.yml');
    const change = registry.createService({ name: 'api', hosts: ['api.test'] }, by('ann'));
    await new Promise(setImmediate);
    server.pause();
    const end = await change.then(
      () => 'stored',
      (error: { code: string }) => error.code,
    );
    server.resume();
    await untilReconciled(registry);
    expect(end).toBe('STORE_UNAVAILABLE');
    const [newest] = await registry.revisions(1);
    expect(registry.current().revision).toEqual(newest);
    expect(names(registry).includes('api')).toBe(newest?.number === 2);
  });
});
