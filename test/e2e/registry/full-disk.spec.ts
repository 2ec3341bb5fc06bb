import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { DesiredState } from '../../../src/modules/registry/index.js';
import { CAN_MOUNT, smallDisk } from '../../support/small-disk.js';
import { Registries, by, file, serviceNames, textOf } from './registries.js';

const SIZE_BYTES = 4 * 1_024 * 1_024;

/** Text that does not compress: what is stored of it needs its space. */
function large(services: number): DesiredState {
  let seed = 1;
  const word = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed.toString(36);
  };
  return file(
    ...Array.from({ length: services }, (_, index) => ({
      name: `s${index}`,
      paths: Array.from({ length: 40 }, () => `/${index}/${word()}${word()}${word()}${word()}`),
    })),
  );
}

const registries = new Registries();
afterEach(() => registries.end());

it.skipIf(!CAN_MOUNT)(
  'a disk that is full at the moment of an apply changes nothing, says so, and is used again when there is space',
  async () => {
    const path = smallDisk(SIZE_BYTES);
    mkdirSync(join(path, 'data'));
    const storage = { driver: 'sqlite', path: join(path, 'data', 'velocity.db') } as const;
    const { registry, stores } = await registries.start(storage, file({ name: 'shop' }));
    const before = registry.current();
    const ballast = join(path, 'ballast');
    const { bavail, bsize } = statfsSync(path);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 256 * 1_024));

    await expect(registry.apply(large(400), { mode: 'replace' }, by('ann'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(
        /^The SQLite file .*velocity\.db cannot be used: .*full.*Free some space/,
      ),
    });
    expect(textOf(registry.current())).toBe(textOf(before));
    expect(registry.current().persisted).toBe(true);

    rmSync(ballast);
    await vi.waitFor(
      () => {
        expect(stores.connection.status().state).toBe('connected');
        expect(registry.status().reconciled).toBe(true);
      },
      { timeout: 30_000, interval: 50 },
    );
    expect(textOf(registry.current())).toBe(textOf(before));
    expect(await registry.revisions(9)).toHaveLength(1);
    await registry.apply(large(400), { mode: 'replace' }, by('ann'));
    const again = await registries.start(storage);
    expect(serviceNames(again.registry.current())).toHaveLength(400);
    expect(textOf(again.registry.current())).toBe(textOf(registry.current()));
  },
);
