import { afterAll, describe, expect, it } from 'vitest';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { eventually } from '../../support/eventually.js';
import { mongodbStorage, sqliteStorage } from '../../support/stores.js';
import { BalancerGroup, serviceOf } from './balancer.group.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

interface Listed {
  readonly id: string;
  readonly pid: number;
  readonly seenAt: number;
  readonly revision: number;
  readonly generation: number;
  readonly admin: string;
  readonly version: string;
  readonly self: boolean;
  readonly leases: readonly string[];
}

async function listed(balancer: BalancerProcess): Promise<readonly Listed[]> {
  const answer = await balancer.api<{ items: Listed[] }>('GET', '/api/v1/balancers');
  expect(answer.status).toBe(200);
  return answer.body.items;
}

describe.each(kinds.filter((kind) => kind.available))('balancers on one $name', (kind) => {
  const group = new BalancerGroup();

  it('are listed with what they run; one that is killed goes from the list, and its lease to the other', async () => {
    const storage = kind.fresh();
    const first = await group.join(storage, [serviceOf('shop')]);
    await eventually(async () => expect((await listed(first))[0]?.leases).toEqual(['housekeeping']));
    const second = await group.join(storage, [serviceOf('shop')]);
    const both = await eventually(async () => {
      const items = await listed(second);
      expect(items).toHaveLength(2);
      return items;
    });
    expect(both.map(({ pid, admin, self, leases }) => ({ pid, admin, self, leases }))).toEqual([
      { pid: first.child.pid, admin: first.adminUrl, self: false, leases: ['housekeeping'] },
      { pid: second.child.pid, admin: second.adminUrl, self: true, leases: [] },
    ]);
    for (const { revision, generation, version } of both) {
      expect({ revision, generation }).toEqual({ revision: 1, generation: 1 });
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
    }
    // Each says again and again that it is there, and which revision it runs.
    expect((await first.api('POST', '/api/v1/services', serviceOf('api'))).status).toBe(201);
    await eventually(async () => {
      const items = await listed(first);
      expect(items.map(({ revision }) => revision)).toEqual([2, 2]);
      for (const [index, { seenAt }] of items.entries()) expect(seenAt).toBeGreaterThan(both[index]!.seenAt);
    });

    await first.stop('SIGKILL');
    await eventually(async () => {
      expect(await listed(second)).toMatchObject([{ pid: second.child.pid, leases: ['housekeeping'] }]);
    });
  });

  it('hand over and leave at once when they are stopped', async () => {
    const storage = kind.fresh();
    const first = await group.join(storage, [serviceOf('shop')]);
    await eventually(async () => expect((await listed(first))[0]?.leases).toEqual(['housekeeping']));
    const second = await group.join(storage, [serviceOf('shop')]);
    expect(await first.stop()).toBe(0);
    await eventually(async () => {
      const items = await listed(second);
      expect(items.filter(({ self }) => !self)).toEqual([]);
      expect(items[0]?.leases).toEqual(['housekeeping']);
    });
  });
});
