import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Environment, KubernetesAccessConfig } from '../../../src/common/config/index.js';
import { KubernetesDriver } from '../../../src/modules/autoscaling/drivers/kubernetes/index.js';
import { freePort } from '../../support/free-ports.js';
import { keep } from '../../support/keep.js';
import { KubernetesApiServer } from '../../support/kubernetes/api.server.js';

interface Way {
  readonly access?: Partial<KubernetesAccessConfig>;
  readonly environment?: Environment;
  readonly serviceAccountFolder?: string;
  readonly namespace?: string;
  readonly deployment?: string;
}

function driverBy({ access, environment = {}, serviceAccountFolder, ...settings }: Way): KubernetesDriver {
  const { namespace = null, deployment = 'shop' } = settings;
  return keep(
    new KubernetesDriver({
      settings: { namespace, deployment, service: 'shop', port: 'web' },
      access: { kubeconfig: null, context: null, ...access },
      surroundings: { environment, serviceAccountFolder: serviceAccountFolder ?? '/nowhere' },
    }),
  );
}

async function cluster(): Promise<KubernetesApiServer> {
  return keep(await KubernetesApiServer.start(1));
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'velocity-home-'));
  keep({ close: () => rm(folder, { recursive: true }) });
  return folder;
}

const idsBy = async (way: Way) => (await driverBy(way).list()).map(({ id }) => id);

describe('the cluster is found', () => {
  it('by the file of the settings', async () => {
    const api = await cluster();
    expect(await idsBy({ access: { kubeconfig: await api.kubeconfig() } })).toEqual(['shop-1']);
  });

  it('by the service account of the pod, before KUBECONFIG, over verified TLS', async () => {
    const api = await cluster();
    const { hostname, port } = new URL(api.url);
    const environment = {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      KUBECONFIG: '/does/not/exist',
    };
    const serviceAccountFolder = await api.serviceAccount();
    expect(await idsBy({ environment, serviceAccountFolder })).toEqual(['shop-1']);
    const other = await cluster();
    await writeFile(path.join(serviceAccountFolder, 'ca.crt'), '');
    const elsewhere = { ...environment, KUBERNETES_SERVICE_PORT: new URL(other.url).port };
    await expect(idsBy({ environment: elsewhere, serviceAccountFolder })).rejects.toMatchObject({
      code: 'DRIVER_UNAVAILABLE',
    });
    expect(other.asked).toEqual([]);
  });

  it('by several files of KUBECONFIG, of which the first that is named counts', async () => {
    const [api, other] = [await cluster(), await cluster()];
    const files = [await api.kubeconfig(), await other.kubeconfig()];
    expect(await idsBy({ environment: { KUBECONFIG: files.join(path.delimiter) } })).toEqual(['shop-1']);
    expect(other.asked).toEqual([]);
  });

  it('in the namespace of the context, unless the service says another one', async () => {
    const api = await cluster();
    const kubeconfig = await api.kubeconfig();
    const access = { kubeconfig, context: 'elsewhere' };
    await expect(idsBy({ access })).rejects.toThrow(/no deployment "shop" in the namespace "nowhere"/);
    expect(await idsBy({ access, namespace: 'web' })).toEqual(['shop-1']);
  });
});

describe('no access', () => {
  it('is said when nothing is configured', async () => {
    const environment = { HOME: await emptyFolder() };
    await expect(idsBy({ environment })).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringContaining('drivers.kubernetes.kubeconfig'),
    });
  });

  it('is looked for again the next time', async () => {
    const api = await cluster();
    const home = await emptyFolder();
    const driver = driverBy({ access: { kubeconfig: path.join(home, 'config') } });
    await expect(driver.list()).rejects.toMatchObject({ code: 'DRIVER_REFUSED' });

    await writeFile(path.join(home, 'config'), await readFile(await api.kubeconfig()));
    expect(await driver.list()).toHaveLength(1);
  });

  it.each([
    ['a file that is missing', '/does/not/exist', null, /\/does\/not\/exist cannot be used: ENOENT/],
    ['a file that is none', import.meta.filename, null, /cannot be used/],
  ])('by %s', async (_, kubeconfig, context, message) => {
    const failure = idsBy({ access: { kubeconfig, context } });
    await expect(failure).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringMatching(message),
    });
  });

  it('by a context that the file does not have', async () => {
    const kubeconfig = await (await cluster()).kubeconfig();
    await expect(idsBy({ access: { kubeconfig, context: 'prod' } })).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringMatching(/has no context "prod": it has test, elsewhere/),
    });
  });

  it('by a token that is not accepted', async () => {
    const api = await cluster();
    const kubeconfig = await api.kubeconfig({ token: 'secret-but-wrong' });
    const failure = await driverBy({ access: { kubeconfig } })
      .list()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DRIVER_REFUSED' });
    expect(String(failure)).not.toContain('secret-but-wrong');
  });
});

describe('the API server', () => {
  it('is away: tried again later', async () => {
    const api = await cluster();
    const kubeconfig = await api.kubeconfig({ server: `https://127.0.0.1:${await freePort()}` });
    await expect(idsBy({ access: { kubeconfig } })).rejects.toMatchObject({
      code: 'DRIVER_UNAVAILABLE',
      message: expect.stringMatching(/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/),
    });
  });

  it.each([
    [500, 'DRIVER_UNAVAILABLE'],
    [503, 'DRIVER_UNAVAILABLE'],
    [429, 'DRIVER_UNAVAILABLE'],
    [422, 'DRIVER_REFUSED'],
  ])('answers %d', async (status, code) => {
    const api = await cluster();
    api.trouble('get deployments/scale', status);
    await expect(idsBy({ access: { kubeconfig: await api.kubeconfig() } })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`told to say ${status}`),
    });
  });

  it.each([
    ['get', 'deployments/scale', 'the API group apps', 'list'],
    ['list', 'endpointslices', 'the API group discovery.k8s.io', 'list'],
    ['update', 'deployments/scale', 'the API group apps', 'start'],
    ['list', 'pods', 'the core API group', 'stop'],
    ['patch', 'pods', 'the core API group', 'stop'],
  ] as const)(
    'allows no %s of %s: the message names the verb and the resource',
    async (verb, resource, group, use) => {
      const api = await cluster();
      api.denied.add(`${verb} ${resource}`);
      const driver = driverBy({ access: { kubeconfig: await api.kubeconfig() } });
      const uses = {
        list: () => driver.list(),
        start: () => driver.start(1),
        stop: () => driver.stop(['shop-1']),
      };
      await expect(uses[use]()).rejects.toMatchObject({
        code: 'DRIVER_REFUSED',
        message: expect.stringContaining(
          `needs the verb "${verb}" on "${resource}" of ${group} in the namespace "web"`,
        ),
      });
      expect(api.controller.replicas).toBe(1);
    },
  );

  it('has no such deployment', async () => {
    const kubeconfig = await (await cluster()).kubeconfig();
    await expect(idsBy({ access: { kubeconfig }, deployment: 'shopp' })).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringContaining('no deployment "shopp" in the namespace "web"'),
    });
  });
});
