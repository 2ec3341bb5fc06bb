import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { loadConfigFile } from '../../../src/common/config/index.js';
import { ConfigFileApplier } from '../../../src/control-plane/config-file.applier.js';
import { createApplicationLogger } from '../../../src/modules/logging/index.js';
import { RegistryService } from '../../../src/modules/registry/index.js';
import { createStores, sqliteStorage } from '../../support/stores.js';
import { by, idOf, weights } from './registries.js';

const URL = 'http://10.0.0.1:8001';
const yaml = (weight: number, extra = '') =>
  `services:\n  - name: shop\n    backends: [{ url: "${URL}", weight: ${weight} }]\n${extra}`;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

it('a file that is deleted while it is watched changes nothing; when it is back, what changed in it counts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'velocity-watched-'));
  ends.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'velocity.yml');
  await writeFile(path, yaml(1));
  const kind = await sqliteStorage();
  const stores = await createStores(kind.fresh());
  ends.push(
    () => kind.stop(),
    () => stores.close(),
  );
  const registry = new RegistryService(stores.registry, stores.connection);
  const log = await createApplicationLogger({ level: 'silent', format: 'json' });
  const applier = new ConfigFileApplier({
    path,
    loaded: await loadConfigFile(path, {}),
    environment: {},
    registry,
    log,
    audit: { record: () => undefined },
  });
  ends.push(async () => {
    applier.close();
    registry.stop();
  });
  await applier.begin();
  applier.watch();

  await rm(path);
  await vi.waitFor(() => expect(applier.status().error).toContain(path), { timeout: 20_000, interval: 20 });
  expect(weights(registry.current())).toEqual({ [URL]: 1 });
  await registry.patchBackend('shop', idOf(registry.current(), URL), { weight: 7 }, by('ann'));

  // The same file again says nothing new: the edit over the API stays.
  await writeFile(path, yaml(1));
  await vi.waitFor(() => expect(applier.status().error).toBe(''), { timeout: 20_000, interval: 20 });
  expect(weights(registry.current())).toEqual({ [URL]: 7 });
  expect(registry.current().revision.number).toBe(2);

  await rm(path);
  await writeFile(path, yaml(1, '  - { name: api, hosts: [api.test] }\n'));
  await vi.waitFor(() => expect(registry.current().revision.number).toBe(3), {
    timeout: 20_000,
    interval: 20,
  });
  expect(weights(registry.current())).toEqual({ [URL]: 7 });
  expect(registry.current().services.map(({ name }) => name)).toEqual(['shop', 'api']);
});
