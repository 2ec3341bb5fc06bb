import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DockerDriverConfig } from '../../src/common/config/index.js';
import { EngineClient } from '../../src/common/docker/index.js';
import { DockerDriver, MANAGED_LABEL } from '../../src/modules/autoscaling/drivers/docker/index.js';
import type { Instance } from '../../src/modules/autoscaling/drivers/driver.js';
import { DockerSource } from '../../src/modules/discovery/docker/index.js';
import type { Findings } from '../../src/modules/discovery/found.js';
import { eventually } from '../support/eventually.js';
import { requireOrSkip } from '../support/requirements.js';
import { BaseImages, NODE_IMAGE } from './base-images.js';
import { DockerEngine } from './docker.engine.js';

/* The docker driver and the discovery of labels, with a real engine and real containers. */

const MIB = 1024 ** 2;
/** Answers with its name; ends at once when it is told to. */
const SERVER = `
  process.on('SIGTERM', () => process.exit(0));
  require('http').createServer((_, response) => response.end(process.env.NAME)).listen(8080, '::');`;
const BUSY = `${SERVER} setInterval(() => { const end = Date.now() + 90; while (Date.now() < end); }, 100);`;
const STUBBORN = `process.on('SIGTERM', () => {}); ${SERVER.replace('process.exit(0)', '{}')}`;
const GREEDY = 'const kept = []; for (;;) kept.push(Buffer.alloc(8e6, 1));';

interface Ground {
  readonly engine: DockerEngine;
  readonly images: BaseImages;
}

/** null: this machine cannot, which is said. */
async function findGround(): Promise<Ground | null> {
  let engine: DockerEngine | null = null;
  try {
    engine = await DockerEngine.find({ defaultBridge: true });
    return { engine, images: await BaseImages.prepare(engine, ['node']) };
  } catch (error) {
    await engine?.stop();
    requireOrSkip('docker', (error as Error).message);
    return null;
  }
}

const ground = await findGround();

describe.skipIf(ground === null)('with a real engine', () => {
  const engine = ground?.engine as DockerEngine;
  const owner = `test-${randomBytes(4).toString('hex')}`;
  const network = `velocity-${owner}`;
  const drivers: DockerDriver[] = [];
  const sources: DockerSource[] = [];
  let client: EngineClient;

  beforeAll(async () => {
    client = new EngineClient(engine.access);
    await engine.docker(['network', 'create', network]);
  });

  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.stop()));
    await Promise.all(drivers.splice(0).map((driver) => driver.close()));
    const all = await engine.docker(['ps', '--all', '--quiet', '--filter', `label=test=${owner}`]);
    if (all !== '') await engine.docker(['rm', '--force', ...all.split('\n')]);
  });

  afterAll(async () => {
    try {
      await engine.docker(['network', 'rm', network]);
      await ground?.images.remove();
    } finally {
      await engine.stop();
    }
  });

  function driver(changes: Partial<DockerDriverConfig> = {}): DockerDriver {
    const config: DockerDriverConfig = {
      image: NODE_IMAGE,
      command: ['node', '--eval', SERVER],
      env: { NAME: 'shop' },
      port: 8080,
      network: null,
      memoryBytes: null,
      cpus: null,
      labels: { test: owner },
      stopMs: 5_000,
      ...changes,
    };
    const made = new DockerDriver({ engine: client, owner, service: 'shop', config });
    drivers.push(made);
    return made;
  }

  const answer = (instance: Instance | undefined) =>
    eventually(async () => (await fetch(`${instance?.url}/`)).text());
  const inspect = (id: string, format: string) => engine.docker(['inspect', '--format', format, id]);
  const run = (labels: readonly string[], ...more: string[]) => {
    const marked = [`test=${owner}`, ...labels].map((label) => `--label=${label}`);
    const image = [NODE_IMAGE, 'node', '--eval', SERVER];
    return engine.docker(['run', '--detach', `--network=${network}`, ...marked, ...more, ...image]);
  };

  it('starts two containers with their limits, reaches them on loopback, and ends them', async () => {
    const shop = driver({ memoryBytes: 128 * MIB, cpus: 0.5 });
    await shop.start(2);
    const instances = await shop.list();
    expect(instances.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(new Set(instances.map(({ url }) => url)).size).toBe(2);
    for (const instance of instances) {
      expect(instance.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await answer(instance)).toBe('shop');
      const limits = '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.RestartPolicy.Name}}';
      expect(await inspect(instance.id, limits)).toBe(`${128 * MIB} 500000000 no`);
    }
    await shop.stop(instances.map(({ id }) => id));
    expect(await shop.list()).toEqual([]);
  });

  it('on a network has the address there', async () => {
    const shop = driver({ network });
    await shop.start(1);
    const [instance] = await shop.list();
    const address = await inspect(
      instance!.id,
      `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`,
    );
    expect(instance?.url).toBe(`http://${address}:8080`);
  });

  it('tells of one that was killed, and replaces it', async () => {
    const shop = driver();
    let changes = 0;
    shop.watch(() => changes++);
    await shop.start(2);
    const [first, second] = await shop.list();
    await eventually(async () => expect(changes).toBeGreaterThan(0));
    const before = changes;
    await engine.docker(['kill', first!.id]);
    await eventually(async () => expect(changes).toBeGreaterThan(before));
    const killed = (await shop.list()).find(({ id }) => id === first!.id);
    expect(killed).toMatchObject({ state: 'failed', url: null, detail: 'ended with code 137' });
    await shop.start(1);
    const now = await shop.list();
    expect(now.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(now.map(({ id }) => id)).toContain(second!.id);
    expect(now.map(({ id }) => id)).not.toContain(first!.id);
  });

  it('adopts what an earlier driver started, and leaves alone what is not its own', async () => {
    const foreign = await run([`${MANAGED_LABEL}=somebody/shop`]);
    await driver().start(2);
    const later = driver();
    const adopted = await later.list();
    expect(adopted).toHaveLength(2);
    expect(await answer(adopted[0])).toBe('shop');
    await later.stop([foreign, ...adopted.map(({ id }) => id)]);
    expect(await later.list()).toEqual([]);
    expect(await inspect(foreign, '{{.State.Running}}')).toBe('true');
  });

  it('ends one that does not want to, after its time', async () => {
    const shop = driver({ command: ['node', '--eval', STUBBORN], stopMs: 1_000 });
    await shop.start(1);
    const [instance] = await shop.list();
    expect(await answer(instance)).toBe('shop');
    await shop.stop([instance!.id]);
    expect(await shop.list()).toEqual([]);
  });

  it('says why one ended: the last line of its log, or too much memory', async () => {
    const failed = (shop: DockerDriver) =>
      eventually(async () => {
        const [instance] = await shop.list();
        expect(instance?.state).toBe('failed');
        return instance!;
      });
    const broken = driver({ command: ['node', '--eval', 'console.log("no database"); process.exit(3)'] });
    await broken.start(1);
    const instance = await failed(broken);
    expect(instance.detail).toBe('ended with code 3: no database');
    await broken.stop([instance.id]);
    const greedy = driver({ command: ['node', '--eval', GREEDY], memoryBytes: 64 * MIB });
    await greedy.start(1);
    expect((await failed(greedy)).detail).toMatch(/^needed more memory than its limit/);
  });

  it('knows how much of its CPUs a container uses', async () => {
    const shop = driver({ command: ['node', '--eval', BUSY], cpus: 0.25 });
    await shop.start(1);
    await answer((await shop.list())[0]);
    const cpu = await eventually(async () => {
      const [instance] = await shop.list();
      expect(instance?.cpu).toBeGreaterThan(0.3);
      return instance!.cpu!;
    });
    expect(cpu).toBeLessThan(1.6);
  });

  it('refuses an image, a network, a command and a limit that cannot be, each with what to do, and leaves nothing', async () => {
    const refused = async (changes: Partial<DockerDriverConfig>, message: RegExp) => {
      const shop = driver(changes);
      await expect(shop.start(1)).rejects.toMatchObject({
        code: 'DRIVER_REFUSED',
        message: expect.stringMatching(message),
      });
      expect(await shop.list()).toEqual([]);
    };
    const image = 'localhost:1/velocity-none:1';
    await refused({ image }, /does not have the image "localhost:1\/velocity-none:1" and cannot fetch it: /);
    await refused({ network: 'velocity-none' }, /has no network "velocity-none": create it/);
    await refused({ command: ['no-such-command'] }, /cannot be run: .*no-such-command/);
    await refused({ memoryBytes: MIB }, /memory limit/i);
  });

  it.skipIf(ground?.engine.isOwn === false)(
    'survives the restart of the engine',
    { timeout: 120_000 },
    async () => {
      const shop = driver();
      let changes = 0;
      shop.watch(() => changes++);
      const found: Findings[] = [];
      const source = new DockerSource(client, { network, prefersPublished: false });
      sources.push(source);
      source.start((findings) => found.push(findings));
      const labelled = await run(['velocity.service=web', 'velocity.port=8080'], '--restart=always');
      await shop.start(1);
      const [before] = await shop.list();
      await eventually(async () => expect(found.at(-1)?.backends).toHaveLength(1));
      const told = found.length;

      await engine.restart();

      const failed = await eventually(async () => {
        const [instance] = await shop.list();
        expect(instance?.state).toBe('failed');
        return instance;
      });
      expect(failed?.id).toBe(before?.id);
      await shop.start(1);
      const seen = changes;
      const [after] = await shop.list();
      expect(await answer(after)).toBe('shop');
      await engine.docker(['kill', after!.id]);
      await eventually(async () => expect(changes).toBeGreaterThan(seen));
      await eventually(async () => {
        expect(source.problem()).toBe('');
        expect(await inspect(labelled, '{{.State.Running}}')).toBe('true');
        expect(found.at(-1)?.backends).toHaveLength(1);
      });
      expect(found.length).toBeGreaterThanOrEqual(told);
    },
  );

  it('finds labelled containers: those that are well, with the port that they expose', async () => {
    const found: Findings[] = [];
    const source = new DockerSource(client, { network, prefersPublished: false });
    sources.push(source);
    source.start((findings) => found.push(findings));
    const now = () => found.at(-1);
    const names = () => now()?.backends.map(({ place }) => /^container (\S+)/.exec(place)?.[1]);
    const shop = `${owner}-shop`;
    const slow = `${owner}-slow`;

    const id = await run(
      ['velocity.service=shop', 'velocity.weight=3', 'velocity.hosts=shop.test'],
      `--name=${shop}`,
      '--expose=8080',
    );
    const address = await inspect(id, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);
    await eventually(async () => expect(names()).toEqual([shop]));
    expect(now()).toMatchObject({
      backends: [{ service: 'shop', backend: { url: `http://${address}:8080`, weight: 3 } }],
      services: [{ name: 'shop', hosts: ['shop.test'] }],
      problems: [],
    });

    await run(['velocity.service=shop'], '--expose=8080', '--expose=9090');
    await eventually(async () => expect(now()?.problems[0]?.message).toMatch(/several ports \(8080, 9090\)/));
    await driver({ network, labels: { test: owner, 'velocity.service': 'shop' } }).start(1);

    const check = ['--health-cmd=test -e /tmp/well', '--health-interval=1s', '--health-retries=1'];
    const health = [...check, '--health-start-period=60s'];
    const unwell = await run(['velocity.service=shop', 'velocity.port=8080'], `--name=${slow}`, ...health);
    await eventually(async () => expect(await inspect(unwell, '{{.State.Health.Status}}')).toBe('starting'));
    expect(names()).toEqual([shop]);
    await engine.docker(['exec', unwell, 'touch', '/tmp/well']);
    await eventually(async () => expect(names()).toEqual([shop, slow]));
    await engine.docker(['exec', unwell, 'rm', '/tmp/well']);
    await eventually(async () => expect(names()).toEqual([shop]));
    await engine.docker(['kill', id]);
    await eventually(async () => expect(names()).toEqual([]));
  });
});
