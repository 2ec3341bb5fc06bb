import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { eventually } from '../../support/eventually.js';
import { MONGOD_IS_GIVEN, startMongod } from '../../support/mongod.js';
import { SeverableLine } from '../../support/severable-line.js';
import {
  agreement,
  BalancerGroup,
  backendsOf,
  reaches,
  revisionsOf,
  saveFile,
  serviceOf,
  servedBy,
} from './balancer.group.js';

const mongod = MONGOD_IS_GIVEN ? null : await startMongod();
afterAll(() => mongod?.stop());

const isAway = ({ msg }: { readonly msg?: string }) => msg?.startsWith('the store is away') ?? false;

describe.skipIf(mongod === null)('a balancer that is cut off from MongoDB', () => {
  const group = new BalancerGroup();
  const server = mongod!;
  let count = 0;
  let line: SeverableLine | null = null;
  afterEach(async () => {
    await line?.close();
    line = null;
  });

  const near = () => ({ driver: 'mongodb', uri: server.uri, database: `${server.database}_${count}` });
  /** The same database behind the line; `directConnection`: the address that the set has for itself is not on it. */
  const far = ({ port }: SeverableLine) => ({
    driver: 'mongodb',
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    database: `${server.database}_${count}`,
  });
  const refused = async (balancer: BalancerProcess) => {
    const answer = await balancer.api('POST', '/api/v1/services', serviceOf('refused'));
    expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
  };

  it('goes on serving while the other one is changed; afterwards it has all of that, and its own edit is stored once', async () => {
    count++;
    line = await SeverableLine.to(Number(new URL(server.uri).port));
    const [shop, api, edited] = [await group.backend(), await group.backend(), await group.backend()];
    const services = [serviceOf('shop', shop.url)];
    const cutOff = await group.join(far(line), services);
    const other = await group.join(near(), services);
    await reaches(other, 'shop', shop.port);

    line.cut();
    await cutOff.logged(isAway);
    expect(await servedBy(cutOff, 'shop')).toBe(shop.port);
    await refused(cutOff);
    const created = await other.api('POST', '/api/v1/services', serviceOf('api', api.url));
    expect(created.status).toBe(201);
    const { id } = (await backendsOf(other, 'shop'))[0]!;
    const patched = await other.api('PATCH', `/api/v1/services/shop/backends/${id}`, { weight: 7 });
    expect(patched.status).toBe(200);
    // What is saved meanwhile runs here at once, and nowhere else.
    await saveFile(cutOff, far(line), [serviceOf('shop', shop.url), serviceOf('edited', edited.url)]);
    await reaches(cutOff, 'edited', edited.port);
    expect(await servedBy(cutOff, 'api')).toBe(0);
    expect(await servedBy(other, 'edited')).toBe(0);

    line.restore();
    await reaches(cutOff, 'api', api.port);
    await reaches(other, 'edited', edited.port);
    await agreement(cutOff, other);
    expect((await backendsOf(cutOff, 'shop'))[0]!.weight).toBe(7);
    const revisions = (await revisionsOf(other)).toReversed();
    expect(revisions.map(({ origin, changes }) => [origin, changes.length])).toEqual([
      ['file', 1],
      ['api', 1],
      ['api', 1],
      ['file', 1],
    ]);
    expect(revisions.at(-1)!.changes[0]).toContain('service edited: added');
  });

  it('has what became of a change that was under way when the line was cut: whole or not at all, and only once', async () => {
    count++;
    line = await SeverableLine.to(Number(new URL(server.uri).port));
    const shop = await group.backend();
    const services = [serviceOf('shop', shop.url)];
    const cutOff = await group.join(far(line), services);
    const other = await group.join(near(), services);
    for (let round = 0; round < 3; round++) {
      const before = await revisionsOf(other);
      const name = `round${round}`;
      const change = cutOff.api('POST', '/api/v1/services', serviceOf(name, shop.url));
      line.cut();
      const { status } = await change;
      expect([201, 503]).toContain(status);
      line.restore();
      await eventually(async () => {
        const ready = await cutOff.api<{ status: string }>('GET', '/health/ready');
        expect(ready.body.status).toBe('ok');
      });
      await agreement(cutOff, other);
      const added = (await revisionsOf(other)).length - before.length;
      const exists = (await other.api('GET', `/api/v1/services/${name}`)).status === 200;
      expect(added).toBe(exists ? 1 : 0);
      if (status === 201) expect(exists).toBe(true);
    }
  });

  it.each(['paused', 'killed'] as const)(
    'goes on serving while MongoDB is %s for all, and nothing is applied twice or lost afterwards',
    async (end) => {
      count++;
      const [shop, api] = [await group.backend(), await group.backend()];
      const services = [serviceOf('shop', shop.url)];
      const [first, second] = [await group.join(near(), services), await group.join(near(), services)];
      expect((await first.api('POST', '/api/v1/services', serviceOf('api', api.url))).status).toBe(201);
      await reaches(second, 'api', api.port);
      const before = await revisionsOf(first);

      if (end === 'paused') server.pause();
      else await server.kill();
      try {
        for (const balancer of [first, second]) {
          await balancer.logged(isAway);
          expect(await servedBy(balancer, 'shop')).toBe(shop.port);
          expect(await servedBy(balancer, 'api')).toBe(api.port);
          await refused(balancer);
        }
      } finally {
        if (end === 'paused') server.resume();
        else await server.restart();
      }
      await eventually(async () => {
        const answer = await second.api('DELETE', '/api/v1/services/api');
        expect(answer.status).toBe(204);
      });
      await reaches(first, 'api', 0);
      await agreement(first, second);
      const after = await revisionsOf(second);
      expect(after.slice(1)).toEqual(before);
      expect(after[0]!.changes).toEqual(['service api: removed']);
    },
  );
});
