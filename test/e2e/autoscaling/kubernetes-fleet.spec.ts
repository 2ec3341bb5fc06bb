import { describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { Clients } from '../../support/clients.js';
import { eventually } from '../../support/eventually.js';
import { keep } from '../../support/keep.js';
import { KubernetesApiServer } from '../../support/kubernetes/api.server.js';
import { scaled, scalingBalancer, scalingOf } from '../../support/scaled.balancer.js';

const stage = new Stage();
const MOST = 4;
const CLIENTS = 30;

/** An emulated cluster whose pods are real servers on loopback, and a balancer that scales its Deployment. */
async function scaledCluster(
  scaling: object = {},
  more: object = {},
): Promise<{ api: KubernetesApiServer; balancer: BalancerProcess }> {
  const { ports } = await stage.backend({ count: MOST });
  const api = keep(await KubernetesApiServer.start());
  api.controller.servers = ports;
  const service = {
    name: 'shop',
    health: STEADY_HEALTH,
    queue: { size: 500, hold: '30s' },
    scaling: {
      kubernetes: { deployment: 'shop', service: 'shop', port: 'web' },
      max: MOST,
      targets: { inFlight: 10 },
      interval: '500ms',
      down: { stabilisation: '0s', step: 'off' },
      ...scaling,
    },
    ...more,
  };
  const drivers = { kubernetes: { kubeconfig: await api.kubeconfig() } };
  const balancer = await scalingBalancer(stage, configOf([service], { drivers }));
  return { api, balancer };
}

const clientsOf = ({ trafficPort }: BalancerProcess, connections: number) =>
  new Clients({ port: trafficPort, host: 'shop.test', connections, serviceMs: 100 });

async function urlsOf(balancer: BalancerProcess): Promise<readonly string[]> {
  const { body } = await balancer.api<{ items: { url: string }[] }>('GET', '/api/v1/services/shop/backends');
  return body.items.map(({ url }) => url).toSorted();
}

describe('a service on a Deployment', () => {
  it('has as many pods as its load needs, and fails no request when they go', async () => {
    const { api, balancer } = await scaledCluster();
    await scaled(balancer, 'shop', ({ ready }) => ready === 1);
    expect(api.controller.replicas).toBe(1);

    const few = clientsOf(balancer, 5);
    const many = clientsOf(balancer, CLIENTS - 5);
    const { instances } = await scaled(
      balancer,
      'shop',
      ({ current, ready }) => current === 3 && ready === 3,
    );
    expect(api.controller.replicas).toBe(3);
    expect(instances.map(({ id }) => id).toSorted()).toEqual(api.controller.pods.toSorted());
    expect(await urlsOf(balancer)).toEqual(instances.map(({ url }) => url).toSorted());
    await few.goOn();
    expect(await many.failures()).toEqual([]);

    await scaled(balancer, 'shop', ({ current, instances: left }) => current === 1 && left.length === 1);
    expect(api.controller.replicas).toBe(1);
    await few.goOn();
    expect(await few.failures()).toEqual([]);
  });

  it('says that the Deployment is not there, sends on to its pods, and goes on when it is back', async () => {
    const { api, balancer } = await scaledCluster({ min: 2 });
    await scaled(balancer, 'shop', ({ ready }) => ready === 2);
    const few = clientsOf(balancer, 5);
    await few.goOn();
    api.controller.paused = true;
    const deployment = api.store.get('deployments', 'shop')!;
    api.store.remove('deployments', 'shop');
    const { problem, state } = await scaled(balancer, 'shop', (view) => view.problem !== '');
    expect(problem).toContain('there is no deployment "shop" in the namespace "web"');
    expect(state).toBe('active');
    const more = clientsOf(balancer, CLIENTS - 5);
    await more.goOn();
    expect(await urlsOf(balancer)).toHaveLength(2);

    api.store.put('deployments', deployment);
    api.controller.resume();
    await scaled(balancer, 'shop', (view) => view.problem === '' && view.ready === 3);
    expect([...(await more.failures()), ...(await few.failures())]).toEqual([]);
  });

  it('that never was is said, and what is typed in serves', async () => {
    const typed = await stage.backend();
    const { balancer } = await scaledCluster(
      { kubernetes: { deployment: 'shpo', service: 'shop', port: 'web' } },
      { backends: [typed.url] },
    );
    const { problem, current } = await scaled(balancer, 'shop', (view) => view.problem !== '');
    expect(problem).toContain('there is no deployment "shpo" in the namespace "web"');
    expect(current).toBe(0);
    const clients = clientsOf(balancer, 5);
    await clients.goOn();
    expect(await clients.failures()).toEqual([]);
    await eventually(async () => {
      const { body } = await balancer.api<{ items: { kind: string; reason: string }[] }>(
        'GET',
        '/api/v1/scaling-logs?service=shop&kind=problem',
      );
      expect(body.items.at(-1)?.reason).toContain('shpo');
    });
    expect((await scalingOf(balancer, 'shop')).state).toBe('active');
  });
});
