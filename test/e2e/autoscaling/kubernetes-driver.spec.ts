import { describe, expect, it } from 'vitest';
import { KubernetesDriver } from '../../../src/modules/autoscaling/drivers/kubernetes/index.js';
import { eventually } from '../../support/eventually.js';
import { keep } from '../../support/keep.js';
import { KubernetesApiServer } from '../../support/kubernetes/api.server.js';
import type { KubernetesAccessConfig, KubernetesDriverConfig } from '../../../src/common/config/index.js';

const COST = 'controller.kubernetes.io/pod-deletion-cost';
const times = { pollMs: 5, watch: { baseMs: 20, maxMs: 50 } };

async function cluster(replicas = 0): Promise<KubernetesApiServer> {
  return keep(await KubernetesApiServer.start(replicas));
}

async function driverOf(
  api: KubernetesApiServer,
  settings: Partial<KubernetesDriverConfig> = {},
  access: Partial<KubernetesAccessConfig> = {},
): Promise<KubernetesDriver> {
  const kubeconfig = await api.kubeconfig();
  return keep(
    new KubernetesDriver({
      settings: { namespace: null, deployment: 'shop', service: 'shop', port: null, ...settings },
      access: { kubeconfig, context: null, ...access },
      surroundings: { environment: {} },
      times,
    }),
  );
}

const shown = async (driver: KubernetesDriver) =>
  (await driver.list()).map(({ id, state, url }) => `${id} ${state} ${url}`);

describe('what is there', () => {
  it('is the pods behind the endpoints, and those that are wanted and not made yet', async () => {
    const api = await cluster(2);
    api.controller.paused = true;
    api.controller.setReplicas(3);
    const driver = await driverOf(api);
    expect(await shown(driver)).toEqual([
      'shop-1 running http://10.1.0.1:8080',
      'shop-2 running http://10.1.0.2:8080',
      'awaited/1 starting null',
    ]);
    expect((await driver.list())[2]!.detail).toBe('Kubernetes has not made its pod yet');
  });

  it('says of a missing pod why Kubernetes cannot make it', async () => {
    const api = await cluster(0);
    api.controller.paused = true;
    api.controller.setReplicas(1);
    api.store.change('deployments', 'shop', (deployment) => {
      const failed = { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: pods' };
      deployment.status = { conditions: [failed] };
    });
    expect((await (await driverOf(api)).list())[0]!.detail).toBe('exceeded quota: pods');
  });

  it('says of a pod that does not come up what it waits for, and takes none that is not ready', async () => {
    const api = await cluster(2);
    api.controller.setReady('shop-1', false);
    api.controller.setStatus('shop-2', {
      phase: 'Pending',
      podIP: '10.1.0.2',
      conditions: [],
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }],
    });
    const [first, second] = await (await driverOf(api)).list();
    expect(first).toMatchObject({ state: 'starting', url: null, detail: 'not ready' });
    expect(second).toMatchObject({ state: 'starting', url: null, detail: 'ImagePullBackOff: no such image' });
  });

  it('shows a pod that ends as stopping', async () => {
    const api = await cluster(2);
    api.controller.goneAtOnce = false;
    api.controller.setReplicas(1);
    expect(await shown(await driverOf(api))).toEqual([
      'shop-1 running http://10.1.0.1:8080',
      'shop-2 stopping http://10.1.0.2:8080',
    ]);
  });

  it('is told by the endpoints alone where pods must not be read', async () => {
    const api = await cluster(1);
    api.denied.add('list pods');
    api.controller.paused = true;
    api.controller.setReplicas(2);
    expect(await shown(await driverOf(api))).toEqual([
      'shop-1 running http://10.1.0.1:8080',
      'awaited/1 starting null',
    ]);
  });

  it('says when the service does not stand before the pods', async () => {
    const driver = await driverOf(await cluster(1), { service: 'shopp' });
    expect((await driver.list())[0]!.detail).toMatch(/not behind the service "shopp"/);
  });

  it('takes the port by the number of the service, which needs to be read for it', async () => {
    const api = await cluster(1);
    const driver = await driverOf(api, { port: 80 });
    expect(await shown(driver)).toEqual(['shop-1 running http://10.1.0.1:8080']);
    await expect((await driverOf(api, { port: 81 })).list()).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: 'the Kubernetes service "shop" has no port 81: it has 80',
    });
  });
});

describe('scaling', () => {
  it('raises the count, also when somebody else changes it meanwhile', async () => {
    const api = await cluster(1);
    api.trouble('update deployments/scale', 409, 409);
    const driver = await driverOf(api);
    await driver.start(2);
    expect(api.controller.replicas).toBe(3);
    expect(api.count('update deployments/scale')).toBe(3);
    expect((await driver.list()).map(({ id }) => id)).toEqual(['shop-1', 'shop-2', 'shop-3']);
  });

  it('never overwrites a count that was changed between reading and writing', async () => {
    const api = await cluster(1);
    const driver = await driverOf(api);
    await driver.list();
    await Promise.all([driver.start(1), driver.start(1), driver.start(1)]);
    expect(api.controller.replicas).toBe(4);
  });

  it('gives up when the count is never left alone', async () => {
    const api = await cluster(1);
    api.trouble('update deployments/scale', ...Array.from({ length: 9 }, () => 409));
    await expect((await driverOf(api)).start(1)).rejects.toMatchObject({ code: 'DRIVER_UNAVAILABLE' });
    expect(api.controller.replicas).toBe(1);
  });

  it('ends the pods that it is told to, not the youngest', async () => {
    const api = await cluster(4);
    const driver = await driverOf(api);
    await driver.stop(['shop-1', 'shop-3', 'unknown']);
    expect(api.controller.pods).toEqual(['shop-2', 'shop-4']);
    expect(api.controller.replicas).toBe(2);
    expect(api.count('update deployments/scale')).toBe(1);
  });

  it('resolves when they are gone, not when they are told to', async () => {
    const api = await cluster(2);
    api.controller.goneAtOnce = false;
    const driver = await driverOf(api);
    let stopped = false;
    const stopping = driver.stop(['shop-1']).then(() => (stopped = true));
    await eventually(async () => expect((await shown(driver))[0]).toMatch(/^shop-1 stopping/));
    const looks = api.count('list pods');
    await eventually(async () => expect(api.count('list pods')).toBeGreaterThan(looks + 1));
    expect(stopped).toBe(false);
    api.controller.finish('shop-1');
    await stopping;
  });

  it('does nothing for pods that are unknown', async () => {
    const api = await cluster(1);
    await (await driverOf(api)).stop(['unknown']);
    expect(api.count('update deployments/scale')).toBe(0);
  });

  it('takes back what is wanted and not made yet', async () => {
    const api = await cluster(1);
    const driver = await driverOf(api);
    for (let round = 0; round < 2; round += 1) {
      api.controller.paused = true;
      await driver.start(1);
      await driver.stop(['awaited/1']);
      expect(api.controller.replicas).toBe(1);
    }
    expect(await shown(driver)).toEqual(['shop-1 running http://10.1.0.1:8080']);
  });

  it('lowers the count once when the answer to the change is lost', async () => {
    const api = await cluster(3);
    api.controller.paused = true;
    api.trouble('update deployments/scale', 'drop-after');
    const driver = await driverOf(api);
    await expect(driver.stop(['shop-1'])).rejects.toMatchObject({ code: 'DRIVER_UNAVAILABLE' });
    const again = driver.stop(['shop-1']);
    await eventually(async () => expect(api.count('list pods')).toBeGreaterThan(2));
    api.controller.resume();
    await again;
    expect(api.controller.replicas).toBe(2);
    expect(api.controller.pods).toEqual(['shop-2', 'shop-3']);
  });

  it('lowers the count when the change itself was lost', async () => {
    const api = await cluster(3);
    api.trouble('update deployments/scale', 'drop');
    const driver = await driverOf(api);
    await expect(driver.stop(['shop-1'])).rejects.toMatchObject({ code: 'DRIVER_UNAVAILABLE' });
    await driver.stop(['shop-1']);
    expect(api.controller.pods).toEqual(['shop-2', 'shop-3']);
  });

  it('says when Kubernetes has ended another pod, and unmarks the one that stays', async () => {
    const api = await cluster(3);
    api.controller.setReady('shop-2', false);
    const driver = await driverOf(api);
    await expect(driver.stop(['shop-1'])).rejects.toMatchObject({
      code: 'DRIVER_UNAVAILABLE',
      message: expect.stringContaining('keeps shop-1'),
    });
    expect(api.controller.pods).toEqual(['shop-1', 'shop-3']);
    expect(api.store.get('pods', 'shop-1')!.metadata.annotations).not.toHaveProperty([COST]);
    await driver.stop(['shop-1']);
    expect(api.controller.pods).toEqual(['shop-3']);
  });
});
