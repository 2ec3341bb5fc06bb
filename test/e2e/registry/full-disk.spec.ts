import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { DesiredState } from '../../../src/modules/registry/index.js';
import { Registries, by, file, serviceNames, textOf } from './registries.js';

const SIZE_BYTES = 4 * 1_024 * 1_024;

/** A file system of 4 MiB. null: only root can mount one here. */
async function smallDisk(): Promise<{ path: string; end: () => Promise<void> } | null> {
  const path = await mkdtemp(join(tmpdir(), 'velocity-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    await rm(path, { recursive: true });
    return null;
  }
  return {
    path,
    end: async () => {
      execFileSync('umount', [path]);
      await rm(path, { recursive: true });
    },
  };
}

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

const disk = await smallDisk();
if (disk === null) process.stderr.write('SKIPPED: the full disk: only root can mount a small file system\n');

it.skipIf(disk === null)(
  'a disk that is full at the moment of an apply changes nothing, says so, and is used again when there is space',
  async () => {
    const { path, end } = disk as NonNullable<typeof disk>;
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
    await registries.end();
    await end();
  },
);
