import { expect, it } from 'vitest';
import { KubernetesDriver } from '../../../src/modules/autoscaling/drivers/kubernetes/index.js';
import { eventually } from '../../support/eventually.js';
import { keep } from '../../support/keep.js';
import { KubernetesApiServer } from '../../support/kubernetes/api.server.js';

interface Followed {
  readonly api: KubernetesApiServer;
  readonly driver: KubernetesDriver;
  readonly end: () => void;
  /** Does something, and waits until the driver has called back after it. */
  told(act: () => void): Promise<void>;
  calls: number;
}

async function follow(): Promise<Followed> {
  const api = keep(await KubernetesApiServer.start(1));
  const driver = keep(
    new KubernetesDriver({
      settings: { namespace: null, deployment: 'shop', service: 'shop', port: null },
      access: { kubeconfig: await api.kubeconfig(), context: null },
      surroundings: { environment: {} },
      times: { pollMs: 5, watch: { baseMs: 20, maxMs: 50 } },
    }),
  );
  const followed: Followed = {
    api,
    driver,
    calls: 0,
    end: driver.watch(() => {
      followed.calls += 1;
    }),
    told: async (act) => {
      const before = followed.calls;
      act();
      await eventually(async () => expect(followed.calls).toBeGreaterThan(before));
    },
  };
  await Promise.all([api.watching('endpointslices'), api.watching('pods')]);
  await eventually(async () => expect(followed.calls).toBeGreaterThan(0));
  return followed;
}

/** Versions from which a resource has been watched so far. */
function versions(api: KubernetesApiServer, resource: string): (string | null)[] {
  return api.asked.filter(({ use }) => use === `watch ${resource}`).map(({ version }) => version);
}

it('calls back for new pods, for pods that become ready and for pods that go', async () => {
  const { api, driver, told } = await follow();
  api.controller.readyAtOnce = false;
  await told(() => api.controller.setReplicas(2));
  expect((await driver.list())[1]).toMatchObject({ id: 'shop-2', state: 'starting' });
  await told(() => api.controller.setReady('shop-2', true));
  expect((await driver.list())[1]).toMatchObject({ id: 'shop-2', state: 'running' });
  await told(() => api.controller.setReplicas(1));
});

it('goes on from the last version when a watch ends, from the bookmark when there was one', async () => {
  const { api, told } = await follow();
  await told(() => api.controller.setReplicas(2));
  const { version } = api.store;
  api.bookmark();
  api.endWatches();
  await eventually(async () => expect(versions(api, 'pods').at(-1)).toBe(String(version)));
  await eventually(async () => expect(versions(api, 'endpointslices').at(-1)).toBe(String(version)));
  expect(api.count('list endpointslices')).toBe(1);
  await told(() => api.controller.setReplicas(3));
});

it('misses nothing while the connection is cut', async () => {
  const { api, driver, told } = await follow();
  await told(() => {
    api.drop();
    api.controller.setReplicas(2);
  });
  await eventually(async () => expect(await driver.list()).toHaveLength(2));
  await api.watching('pods');
  await told(() => api.controller.setReplicas(3));
});

it('lists anew when its version is too old, in the middle of a watch and at its beginning', async () => {
  const { api, told } = await follow();
  await told(() => api.expire());
  await eventually(async () => expect(api.count('list endpointslices')).toBe(2));
  await Promise.all([api.watching('pods'), api.watching('endpointslices')]);
  await told(() => {
    api.trouble('watch endpointslices', 410);
    api.endWatches();
  });
  await eventually(async () => expect(api.count('list endpointslices')).toBe(3));
  await api.watching('endpointslices');
  await told(() => api.controller.setReplicas(2));
});

it('comes back after errors of the server, and without the right to watch pods', async () => {
  const { api, told } = await follow();
  api.trouble('watch endpointslices', 500, 503, 'drop');
  api.denied.add('watch pods');
  const before = api.count('watch endpointslices');
  api.endWatches();
  await eventually(async () => expect(api.count('watch endpointslices')).toBe(before + 4));
  await api.watching('endpointslices');
  await told(() => api.controller.setReplicas(2));
});

it('is silent once it is ended', async () => {
  const { api, end, driver } = await follow();
  end();
  await eventually(async () => {
    api.controller.setReplicas(api.controller.replicas + 1);
    // Whoever still watched would be cut and come back.
    expect(api.watchers).toBe(0);
  });
  const asked = api.count('watch pods') + api.count('watch endpointslices');
  api.controller.setReplicas(1);
  await driver.list();
  expect(api.count('watch pods') + api.count('watch endpointslices')).toBe(asked);
});
