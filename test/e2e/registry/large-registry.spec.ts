import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ServiceInput } from '../../../src/common/config/index.js';
import { mongodbStorage, sqliteStorage } from '../../support/stores.js';
import { Registries, by, file, idOf, textOf } from './registries.js';

const kinds = [await sqliteStorage(), await mongodbStorage(), await mongodbStorage({ replicaSet: false })];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const LIMIT = 16_000_000;

/** Services of about 5,000 bytes of JSON each, with one backend. */
function services(bytes: number): readonly ServiceInput[] {
  return Array.from({ length: Math.floor(bytes / 5_000) }, (_, index) => ({
    name: `s${index}`,
    hosts: [`s${index}.test`],
    paths: Array.from({ length: 96 }, (_, place) => `/${index}-${place}/`.padEnd(47, 'p')),
    backends: [{ url: `http://10.0.0.1:${1_000 + index}` }],
  }));
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;

describe.each(kinds.filter((kind) => kind.available))('a large registry on $name', (kind) => {
  const registries = new Registries();
  afterEach(() => registries.end());

  it('of nearly 16 MB is stored, changed, read again and rolled back', async () => {
    const storage = kind.fresh();
    const state = file(...services(LIMIT * 0.98));
    expect(JSON.stringify(state).length).toBeGreaterThan(LIMIT * 0.9);
    const { registry } = await registries.start(storage, file());
    const laps: string[] = [];
    const timed = async <T>(name: string, action: () => Promise<T>): Promise<T> => {
      const begun = performance.now();
      const result = await action();
      laps.push(`${name} ${Math.round(performance.now() - begun)} ms`);
      return result;
    };
    await timed('apply', () => registry.apply(state, { mode: 'merge' }, by('ann')));
    const text = textOf(registry.current());
    const id = idOf(registry.current(), 'http://10.0.0.1:1500');
    await timed('one change', () => registry.patchBackend('s500', id, { weight: 5 }, by('ann')));
    const other = await timed('start', () => registries.start(storage, state));
    expect(textOf(other.registry.current())).toBe(textOf(registry.current()));
    await timed('rollback', () => other.registry.rollback(2, by('ann')));
    expect(textOf(other.registry.current())).toBe(text);
    const { rss } = process.memoryUsage();
    console.log(`${kind.name}: ${megabytes(text.length)}, ${laps.join(', ')}, ${megabytes(rss)} resident`);
  });

  it('of 50 MB is refused in clear words, and what runs stays', async () => {
    const { registry } = await registries.start(kind.fresh(), file({ name: 'shop' }));
    const before = registry.current();
    const state = file(...services(50_000_000));
    const rss = process.memoryUsage.rss();
    const begun = performance.now();
    await expect(registry.apply(state, { mode: 'replace' }, by('ann'))).rejects.toMatchObject({
      code: 'CAPACITY_EXCEEDED',
      message: expect.stringMatching(
        /^One balancer holds a configuration of 16\.0 MB, this one would be \d\d\.\d MB: remove some services/,
      ),
    });
    const more = megabytes(process.memoryUsage.rss() - rss);
    console.log(
      `${kind.name}: 50 MB refused in ${Math.round(performance.now() - begun)} ms, ${more} more resident`,
    );
    expect(registry.current()).toBe(before);
    expect(await registry.revisions(9)).toHaveLength(1);
  });
});
