import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DockerDriverConfig } from '../../../../common/config/index.js';
import { EngineClient } from '../../../../common/docker/index.js';
import { eventually } from '../../../../../test/support/eventually.js';
import { FakeDockerEngine } from '../../../../../test/support/fake-docker.engine.js';
import { DockerDriver } from './docker.driver.js';
import { MANAGED_LABEL } from './managed-labels.js';

const CONFIG: DockerDriverConfig = {
  image: 'app:1',
  command: null,
  env: { MODE: 'test' },
  port: 8080,
  network: 'web',
  memoryBytes: null,
  cpus: null,
  labels: { team: 'shop' },
  stopMs: 1_000,
};

describe('the docker driver', () => {
  let engine: FakeDockerEngine;
  const drivers: DockerDriver[] = [];

  beforeEach(async () => {
    engine = await FakeDockerEngine.start();
  });

  afterEach(async () => {
    await Promise.all(drivers.splice(0).map((driver) => driver.close()));
    await engine.stop();
  });

  function driver(
    changes: Partial<DockerDriverConfig> = {},
    owner = 'store-1',
    service = 'shop',
  ): DockerDriver {
    const client = new EngineClient({ socketPath: engine.socketPath });
    const made = new DockerDriver({ engine: client, owner, service, config: { ...CONFIG, ...changes } });
    drivers.push(made);
    return made;
  }

  const managed = () => [...engine.containers.values()].filter(({ labels }) => MANAGED_LABEL in labels);

  it('believes an event before a list that does not know yet, and looks again until it does', async () => {
    const shop = driver();
    let told = 0;
    shop.watch(() => told++);
    await shop.start(1);
    const [container] = managed();
    await eventually(async () => expect(await shop.list()).toMatchObject([{ state: 'running' }]));
    engine.tell(container!, 'die');
    await eventually(async () => expect(await shop.list()).toMatchObject([{ state: 'stopping', url: null }]));
    const before = told;
    await eventually(async () => expect(told).toBeGreaterThan(before));
    container!.state = 'exited';
    expect(await shop.list()).toMatchObject([{ state: 'failed', detail: 'ended with code 0: oops' }]);
    container!.state = 'running';
    expect(await shop.list()).toMatchObject([{ state: 'running' }]);
  });

  it('starts what is described, and lists it with its address', async () => {
    const shop = driver({ command: ['serve', '--fast'], memoryBytes: 64 * 1024 ** 2, cpus: 0.5 });
    await shop.start(2);
    const instances = await shop.list();
    expect(instances.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(new Set(instances.map(({ url }) => url))).toEqual(
      new Set(managed().map(({ addresses }) => `http://${addresses['web']}:8080`)),
    );
    expect(managed()[0]?.body).toEqual({
      Image: 'app:1',
      Cmd: ['serve', '--fast'],
      Env: ['MODE=test'],
      ExposedPorts: { '8080/tcp': {} },
      Labels: {
        team: 'shop',
        'velocity.managed': 'store-1/shop',
        'velocity.managed.port': '8080',
        'velocity.managed.cpus': '0.5',
        'velocity.managed.settings': expect.stringMatching(/^[0-9a-f]{16}$/),
      },
      HostConfig: {
        RestartPolicy: { Name: 'no' },
        NetworkMode: 'web',
        Memory: 64 * 1024 ** 2,
        MemorySwap: 64 * 1024 ** 2,
        NanoCpus: 500_000_000,
      },
    });
    expect(managed()[0]?.name).toMatch(/^velocity-shop-[0-9a-f]{8}$/);
  });

  it('without a network publishes the port on loopback, and keeps that address when another port is configured', async () => {
    await driver({ network: null }).start(1);
    expect(managed()[0]?.body.HostConfig).toMatchObject({
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    });
    const port = managed()[0]?.ports[8080];
    expect(port).toBeGreaterThan(0);
    const [instance] = await driver({ network: null, port: 9090 }).list();
    expect(instance?.url).toBe(`http://127.0.0.1:${port}`);
  });

  it('adopts what it started earlier, and neither sees nor ends what is not its own', async () => {
    const others = [
      engine.add({ labels: { [MANAGED_LABEL]: 'store-2/shop' } }),
      engine.add({ labels: { [MANAGED_LABEL]: 'store-1/web' } }),
      engine.add({ labels: { team: 'shop' } }),
    ];
    // A label in the settings makes nobody somebody else.
    await driver({ labels: { [MANAGED_LABEL]: 'store-2/shop' } }).start(1);
    const later = driver();
    const [adopted] = await later.list();
    expect(await later.list()).toHaveLength(1);
    await later.stop([...others.map(({ id }) => id), adopted!.id, 'f'.repeat(64)]);
    expect(await later.list()).toEqual([]);
    expect([...engine.containers.keys()]).toEqual(others.map(({ id }) => id));
    expect(engine.count('POST /containers/*/stop')).toBe(1);
  });

  it('tells which were started with other settings', async () => {
    const env = { A: '1', B: '2' };
    await driver({ env }).start(1);
    const outdated = async (changes: Partial<DockerDriverConfig>) =>
      (await driver(changes).list())[0]?.isOutdated;
    expect(await outdated({ env: { B: '2', A: '1' }, stopMs: 5 })).toBe(false);
    expect(await outdated({ env: { ...env, B: '3' } })).toBe(true);
    expect(await outdated({ env, image: 'app:2' })).toBe(true);
    expect(await outdated({ env, port: 8081 })).toBe(true);
  });

  it('shows one that died with the reason until another one is started', async () => {
    const shop = driver();
    await shop.start(1);
    engine.die(managed()[0]!, 3);
    expect(await shop.list()).toMatchObject([
      { state: 'failed', url: null, detail: 'ended with code 3: oops' },
    ]);
    expect(await shop.list()).toHaveLength(1);
    expect(engine.count('GET /containers/*/logs')).toBe(1);
    await shop.start(1);
    expect(await shop.list()).toMatchObject([{ state: 'running', detail: '' }]);
    engine.die(managed()[0]!, 137);
    expect(await shop.list()).toMatchObject([{ detail: 'needed more memory than its limit: oops' }]);
  });

  it('tells when something changes, and follows the events again after the engine was away', async () => {
    const changed = vi.fn<() => void>();
    const shop = driver();
    const unwatch = shop.watch(changed);
    await eventually(async () => expect(changed).toHaveBeenCalledTimes(1));
    engine.remove(engine.add({ labels: { [MANAGED_LABEL]: 'store-2/shop' } }));
    await shop.start(1);
    await eventually(async () => expect(changed).toHaveBeenCalledTimes(3));
    await engine.down();
    await expect(shop.list()).rejects.toMatchObject({
      code: 'DRIVER_UNAVAILABLE',
      message: expect.stringContaining('no such socket'),
    });
    await eventually(async () => expect(changed.mock.calls.length).toBeGreaterThan(3));
    await engine.up();
    await eventually(async () => expect(engine.followers).toBe(1));
    changed.mockClear();
    engine.die(managed()[0]!);
    await eventually(async () => expect(changed).toHaveBeenCalled());
    unwatch();
    await eventually(async () => expect(engine.followers).toBe(0));
  });

  it('knows the share of its CPUs that a container uses, from its second look on', async () => {
    const shop = driver({ cpus: 0.5 });
    await shop.start(1);
    expect((await shop.list())[0]?.cpu).toBeNull();
    const cpu = await eventually(async () => {
      const [instance] = await shop.list();
      expect(instance?.cpu).not.toBeNull();
      return instance!.cpu!;
    });
    expect(cpu).toBeGreaterThan(0);
    expect(engine.count('GET /containers/*/stats')).toBeLessThan(engine.count('GET /containers/json') / 2);
  });

  it('takes another name when one is taken', async () => {
    engine.refusals.set('POST /containers/create', { status: 409, message: 'Conflict. The name is in use' });
    await driver().start(1);
    expect(managed()).toHaveLength(1);
  });

  it('says what is wrong with an image, a network and a command, and leaves nothing behind', async () => {
    await expect(driver({ image: 'none:2' }).start(1)).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringMatching(
        /does not have the image "none:2" and cannot fetch it: manifest for none:2 not found/,
      ),
    });
    expect(engine.count('POST /images/create')).toBe(1);
    await expect(driver({ network: 'nowhere' }).start(1)).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringContaining('no network "nowhere": create it (docker network create nowhere)'),
    });
    await expect(driver({ network: 'host' }).start(1)).rejects.toMatchObject({ code: 'DRIVER_REFUSED' });
    engine.refusals.set('POST /containers/*/start', {
      status: 500,
      message: 'OCI runtime create failed: exec: "serv": executable file not found in $PATH',
    });
    await expect(driver().start(1)).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringContaining('executable file not found'),
    });
    engine.refusals.set('POST /containers/create', { status: 403, message: 'Forbidden' });
    await expect(driver().start(1)).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringContaining('a proxy before the engine must allow this call'),
    });
    engine.refusals.set('POST /containers/create', { status: 500, message: 'no space left on device' });
    await expect(driver().start(1)).rejects.toMatchObject({ code: 'DRIVER_UNAVAILABLE' });
    expect(managed()).toEqual([]);
  });

  it('says what to check when nothing answers, or something else does', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'velocity-no-engine-'));
    const listed = (socketPath: string) =>
      new DockerDriver({
        engine: new EngineClient({ socketPath }),
        owner: 'o',
        service: 's',
        config: CONFIG,
      }).list();
    try {
      const file = path.join(folder, 'file');
      await writeFile(file, '');
      await expect(listed(path.join(folder, 'none.sock'))).rejects.toThrow(
        /none\.sock is away: there is no such socket/,
      );
      await expect(listed(file)).rejects.toThrow(/is away: nobody listens there|is away: this is no socket/);
      const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'));
      other.listen(path.join(folder, 'other.sock'));
      await once(other, 'listening');
      await expect(listed(path.join(folder, 'other.sock'))).rejects.toMatchObject({
        code: 'DRIVER_UNAVAILABLE',
        message: expect.stringMatching(/other\.sock is no Docker engine/),
      });
      other.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is not led to another engine by the environment', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
    try {
      expect(await driver().list()).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
