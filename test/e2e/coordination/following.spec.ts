import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { mongodbStorage, sqliteStorage } from '../../support/stores.js';
import {
  agreement,
  BalancerGroup,
  backendsOf,
  reaches,
  revisionsOf,
  saveFile,
  serviceOf,
} from './balancer.group.js';

const kinds = [await sqliteStorage(), await mongodbStorage(), await mongodbStorage({ replicaSet: false })];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

/** The bound of a second, with what a busy machine may add. */
const FOLLOWED_MS = 1_000 + 1_500;

describe.each(kinds.filter((kind) => kind.available))('two balancers on one $name', (kind) => {
  const group = new BalancerGroup();

  it('run within a second what is changed on either of them', async () => {
    const storage = kind.fresh();
    const [shop, api] = [await group.backend(), await group.backend()];
    const services = [serviceOf('shop', shop.url)];
    const first = await group.join(storage, services);
    const second = await group.join(storage, services);
    await reaches(second, 'shop', shop.port);

    const times: number[] = [];
    for (const [here, there] of [
      [first, second],
      [second, first],
    ] as const) {
      expect((await here.api('POST', '/api/v1/services', serviceOf('api', api.url))).status).toBe(201);
      times.push(await reaches(there, 'api', api.port));
      expect((await here.api('DELETE', '/api/v1/services/api')).status).toBe(204);
      times.push(await reaches(there, 'api', 0));
    }
    console.log(`${kind.name}: followed after ${times.join(', ')} ms`);
    for (const time of times) expect(time).toBeLessThan(FOLLOWED_MS);

    // A saved file is a change like any other.
    await saveFile(first, storage, [serviceOf('shop', api.url)]);
    await first.logged(({ msg }) => msg === 'configuration file applied');
    expect(await reaches(second, 'shop', api.port)).toBeLessThan(FOLLOWED_MS);
    await agreement(first, second);
  });

  it('agree on one state when the same field is changed on both at once, and keep both changes in the history', async () => {
    const storage = kind.fresh();
    const backend = await group.backend();
    const services = [serviceOf('shop', backend.url)];
    const [first, second] = [await group.join(storage, services), await group.join(storage, services)];
    const { id } = (await backendsOf(first, 'shop'))[0]!;
    for (let round = 1; round <= 5; round++) {
      const known = (await revisionsOf(first))[0]!.number;
      const weights = [round * 10 + 1, round * 10 + 2];
      const answers = await Promise.all(
        [first, second].map((balancer, index) =>
          balancer.api('PATCH', `/api/v1/services/shop/backends/${id}`, { weight: weights[index] }),
        ),
      );
      for (const { status } of answers) expect([200, 409, 503]).toContain(status);
      const taken = weights.filter((_, index) => answers[index]!.status === 200);
      expect(taken.length).toBeGreaterThan(0);
      await agreement(first, second);
      const fresh = (await revisionsOf(second)).filter(({ number }) => number > known).toReversed();
      const stored = fresh.map(({ changes }) => Number(changes[0]!.split('-> ')[1]));
      expect(stored.toSorted()).toEqual(taken);
      expect((await backendsOf(first, 'shop'))[0]!.weight).toBe(stored.at(-1));
    }
  });

  it('do not fight when their files differ: what either of them applied stays until somebody changes it', async () => {
    const storage = kind.fresh();
    const [mine, theirs, third] = [await group.backend(), await group.backend(), await group.backend()];
    const first = await group.join(storage, [serviceOf('shop', mine.url)]);
    const second = await group.join(storage, [serviceOf('shop', theirs.url)]);
    await reaches(first, 'shop', theirs.port);
    const before = await revisionsOf(first);
    expect(before.map(({ origin }) => origin)).toEqual(['file', 'file']);
    for (const balancer of [first, second, first, second]) {
      const answer = await balancer.api('POST', '/api/v1/services', serviceOf('api', third.url));
      expect(answer.status).toBe(201);
      await reaches(first, 'api', third.port);
      await reaches(second, 'api', third.port);
      expect((await balancer.api('DELETE', '/api/v1/services/api')).status).toBe(204);
      await reaches(first, 'api', 0);
      await reaches(second, 'api', 0);
    }
    const after = await revisionsOf(second);
    expect(after).toHaveLength(before.length + 8);
    expect(after.slice(0, 8).every(({ origin }) => origin === 'api')).toBe(true);
    expect(await reaches(first, 'shop', theirs.port)).toBeLessThan(10_000);
    // Every revision is one that somebody asked for: none comes by itself later.
    await eventually(async () => expect(await revisionsOf(first)).toEqual(after));
  });
});
