import { afterAll, describe, expect, it } from 'vitest';
import { configOf, Stage } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { DnsServer } from '../../support/dns-server.js';
import { eventually } from '../../support/eventually.js';
import { MONGOD_IS_GIVEN, startMongod } from '../../support/mongod.js';
import { SeverableLine } from '../../support/severable-line.js';
import { has, portsOf, publish, revisionsOf, SRV, sourcesOf, srvSource } from './discovered.js';

const mongod = MONGOD_IS_GIVEN ? null : await startMongod();
afterAll(() => mongod?.stop());

const isAway = ({ msg }: { readonly msg?: string }) => msg?.startsWith('the store is away') ?? false;

interface Balancers {
  readonly items: readonly { readonly self: boolean; readonly leases: readonly string[] }[];
}

describe.skipIf(mongod === null)('discovery with MongoDB', () => {
  const stage = new Stage();
  const server = mongod!;
  let count = 0;

  const config = (dns: DnsServer, storage: object) =>
    configOf([{ name: 'shop', discovery: [srvSource(dns)], health: { type: 'none' } }], {
      storage,
      workers: 1,
    });

  async function nameServer(): Promise<DnsServer> {
    count++;
    const dns = await DnsServer.start();
    stage.ends(() => dns.close());
    return dns;
  }

  const holds = async (balancer: BalancerProcess) => {
    const { items } = (await balancer.api<Balancers>('GET', '/api/v1/balancers')).body;
    return items.some(({ self, leases }) => self && leases.includes('discovery'));
  };

  it('one of several balancers writes, all show it, and another goes on when that one is killed', async () => {
    const dns = await nameServer();
    publish(dns, [9001]);
    const storage = { driver: 'mongodb', uri: server.uri, database: `${server.database}_d${count}` };
    const balancers = [
      await stage.balancer(config(dns, storage)),
      await stage.balancer(config(dns, storage)),
    ];
    for (const balancer of balancers) await has(balancer, [9001]);
    publish(dns, [9001, 9002]);
    for (const balancer of balancers) {
      await has(balancer, [9001, 9002]);
      await eventually(async () =>
        expect((await sourcesOf(balancer))[0]!.backends).toMatchObject([
          { status: 'added' },
          { status: 'added' },
        ]),
      );
    }
    const ours = (await revisionsOf(balancers[0]!)).filter(({ origin }) => origin === 'discovery');
    expect(ours).toHaveLength(2);
    const holding = await Promise.all(balancers.map(holds));
    expect(holding.filter(Boolean)).toHaveLength(1);
    const [holder, other] = holding[0] ? balancers : balancers.toReversed();
    await holder!.stop('SIGKILL');
    publish(dns, [9001, 9002, 9003]);
    await has(other!, [9001, 9002, 9003]);
  });

  it('loses nothing while the store is away', async () => {
    const dns = await nameServer();
    publish(dns, [9001]);
    const line = await SeverableLine.to(Number(new URL(server.uri).port));
    stage.ends(() => line.close());
    const uri = `mongodb://127.0.0.1:${line.port}/?directConnection=true`;
    const storage = { driver: 'mongodb', uri, database: `${server.database}_d${count}` };
    const balancer = await stage.balancer(config(dns, storage));
    await has(balancer, [9001]);
    line.cut();
    await balancer.logged(isAway);
    publish(dns, [9002]);
    await dns.askedAgain(`SRV ${SRV}`, 3);
    expect(await portsOf(balancer)).toEqual([9001]);
    line.restore();
    await has(balancer, [9002]);
  });
});
