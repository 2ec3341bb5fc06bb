import { afterAll, describe, expect, it } from 'vitest';
import { announcements, holdsLease } from '../../support/announcements.js';
import { configOf, Stage } from '../../support/balanced.js';
import { DnsServer } from '../../support/dns-server.js';
import { eventually } from '../../support/eventually.js';
import { HeldRequest } from '../../support/held.request.js';
import { mongodbStorage, sqliteStorage } from '../../support/stores.js';
import { backendsOf, has, portsOf, publish, srvSource } from './discovered.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const HOST = 'shop.test';
const ANNOUNCEMENTS = 3;
/** Well before it would go whatever runs there. */
const SOON_MS = 15_000;

describe.each(kinds.filter((kind) => kind.available))('a found backend of balancers on one $name', (kind) => {
  const stage = new Stage();

  it('stays while a request runs there by way of any of them, and goes when it is over', async () => {
    const dns = await DnsServer.start();
    stage.ends(() => dns.close());
    const [kept, vanishing] = (await stage.backends(2)).map(({ port }) => port) as [number, number];
    publish(dns, [kept, vanishing]);
    const service = {
      name: 'shop',
      algorithm: 'round-robin',
      discovery: [srvSource(dns)],
      health: { type: 'none' },
    };
    const config = configOf([service], { storage: kind.fresh(), workers: 1 });
    const first = await stage.balancer(config);
    await eventually(async () => expect(await holdsLease(first, 'discovery')).toBe(true));
    const other = await stage.balancer(config);
    for (const balancer of [first, other]) await has(balancer, [kept, vanishing]);

    // One at each of them.
    const held = [
      await HeldRequest.begin(other.trafficPort, HOST),
      await HeldRequest.begin(other.trafficPort, HOST),
    ];
    publish(dns, [kept]);
    await eventually(async () => {
      const states = (await backendsOf(first)).map(({ state }) => state);
      expect(states.toSorted()).toEqual(['draining', 'enabled']);
    });
    await announcements(other, ANNOUNCEMENTS);
    expect((await portsOf(first)).toSorted()).toEqual([kept, vanishing].toSorted());
    for (const each of held) expect(await each.finish()).toBe('first last');
    await eventually(async () => expect(await portsOf(first)).toEqual([kept]), SOON_MS);
  }, 120_000);
});
