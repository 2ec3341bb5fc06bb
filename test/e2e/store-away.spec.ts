import { afterAll, describe, expect, it } from 'vitest';
import { Stage, STEADY_HEALTH, configOf } from '../support/balanced.js';
import { eventually } from '../support/eventually.js';
import { request } from '../support/load.js';
import { type Mongod, startMongod } from '../support/mongod.js';
import { recorded } from '../support/recorded.js';

const server = await startMongod();
afterAll(() => server?.stop());

describe.skipIf(server === null)('a MongoDB that is away', () => {
  const stage = new Stage();
  const mongod = server as Mongod;

  it('costs no traffic, refuses API writes, and gets everything when it is back', async () => {
    const backend = await stage.backend();
    const balancer = await stage.balancer(
      configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }], {
        storage: { driver: 'mongodb', uri: mongod.uri },
      }),
    );
    const port = balancer.trafficPort;
    const weigh = async (weight: number) => {
      const shop = await balancer.api<{ backends: { id: string }[] }>('GET', '/api/v1/services/shop');
      return balancer.api('PATCH', `/api/v1/services/shop/backends/${shop.body.backends[0]!.id}`, { weight });
    };
    expect((await weigh(3)).status).toBe(200);
    expect((await request({ port, host: 'any', path: '/?while=up' })).status).toBe(200);

    await mongod.kill();
    const refused = await weigh(5);
    expect(refused).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await request({ port, host: 'any', path: '/?while=away' })).status).toBe(200);
    await eventually(async () => {
      const ready = await balancer.api<{ status: string }>('GET', '/health/ready');
      expect(ready).toMatchObject({ status: 200, body: { status: 'degraded' } });
    });

    const away = await balancer.logged(
      ({ msg }) => msg?.startsWith('the store is away: traffic goes on') ?? false,
    );

    await mongod.restart();
    await eventually(async () => expect((await weigh(5)).status).toBe(200));
    await balancer.logged(
      (line) =>
        line.msg === 'the store is connected' && balancer.log.indexOf(line) > balancer.log.indexOf(away),
    );
    await recorded(balancer, 2);
    expect((await balancer.api<{ status: string }>('GET', '/health/ready')).body.status).toBe('ok');
  });

  it('at the start is no reason not to serve: the file runs, and is stored later', async () => {
    const backend = await stage.backend();
    await mongod.kill();
    const balancer = await stage.balancer(
      configOf([{ name: 'later', backends: [backend.url], health: STEADY_HEALTH }], {
        storage: { driver: 'mongodb', uri: mongod.uri, database: 'absent_at_start' },
      }),
    );
    expect((await request({ port: balancer.trafficPort, host: 'any' })).status).toBe(200);
    expect((await balancer.api<{ persisted: boolean }>('GET', '/api/v1/status')).body.persisted).toBe(false);
    await mongod.restart();
    await eventually(async () => {
      const status = await balancer.api<{ persisted: boolean; revision: number }>('GET', '/api/v1/status');
      expect(status.body).toMatchObject({ persisted: true, revision: 1 });
    });
  });
});
