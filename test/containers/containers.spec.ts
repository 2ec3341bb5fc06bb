import { readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CertificateAuthority } from '../support/certificate.authority.js';
import { request, runLoad, type Answer } from '../support/load.js';
import { requireOrSkip } from '../support/requirements.js';
import { BaseImages } from './base-images.js';
import { DockerEngine } from './docker.engine.js';
import { Alone } from './alone.js';
import { ScalingBalancer } from './scaling.balancer.js';
import { Stack } from './stack.js';

/*
 * What docker-compose.yml promises, with a real engine: images built from the files of this repository. Every test leaves
 * the stack as it found it, whole and ready.
 */

interface Ground {
  readonly engine: DockerEngine;
  readonly images: BaseImages;
}

/** null: this machine cannot, which is said. */
async function findGround(): Promise<Ground | null> {
  let engine: DockerEngine | null = null;
  try {
    engine = await DockerEngine.find();
    return { engine, images: await BaseImages.prepare(engine) };
  } catch (error) {
    await engine?.stop();
    requireOrSkip('docker', (error as Error).message);
    return null;
  }
}

const ground = await findGround();

describe.skipIf(ground === null)('containers', () => {
  const engine = ground?.engine as DockerEngine;
  const images = ground?.images as BaseImages;
  let stack: Stack;

  const shop = (path: string, host = 'shop.localhost') => request({ port: stack.trafficPort, host, path });
  const nameIn = (body: string) => (JSON.parse(body) as { name: string }).name;

  beforeAll(async () => {
    stack = await Stack.prepare(engine, images.mongo);
    await stack.compose('build');
    await stack.up();
  });

  afterAll(async () => {
    try {
      await stack?.remove();
      await images.remove();
    } finally {
      await engine.stop();
    }
  });

  it('are images of what runs and nothing else, for a user without privileges', async () => {
    const { version } = JSON.parse(readFileSync(join(stack.folder, 'package.json'), 'utf8')) as {
      version: string;
    };
    for (const image of [stack.balancerImage, stack.testServerImage]) {
      const config = JSON.parse(
        await engine.docker(['inspect', '--format', '{{json .Config}}', image]),
      ) as ImageConfig;
      expect(config.User).toBe('1000:1000');
      expect(config.Healthcheck.Test.join(' ')).toBe('CMD node docker/health-check.mjs');
      expect(config.Labels).toMatchObject({
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.licenses': 'MIT',
      });
    }
    const files = (
      await stack.exec('balancer', 'find', '.', '-name', 'node_modules', '-prune', '-o', '-type', 'f')
    ).split('\n');
    expect(files).toEqual(expect.arrayContaining(['./dist/main.js', './bin/velocity.mjs', './LICENSE']));
    expect(
      files.filter((file) => /\.spec\.|\.ts$|^\.\/(src|test|docs)\/|npmrc|package-lock/.test(file)),
    ).toEqual([]);
    const packages = await stack.exec('balancer', 'ls', 'node_modules');
    expect(packages.split('\n')).toContain('mongoose');
    expect(
      packages.split('\n').filter((name) => ['typescript', 'vitest', 'node', '@swc'].includes(name)),
    ).toEqual([]);
    expect((await stack.exec('test-server-1', 'ls')).split('\n')).not.toContain('node_modules');
  });

  it('run without capabilities and without a place to write but the volume', async () => {
    for (const service of ['balancer', 'test-server-1'] as const) {
      const status = await stack.exec(service, 'cat', '/proc/1/status');
      expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      await expect(stack.exec(service, 'touch', '/velocity/new')).rejects.toThrow(/Read-only file system/);
    }
    await expect(stack.exec('balancer', 'touch', 'config/new')).rejects.toThrow(/Read-only file system/);
    expect(await stack.exec('balancer', 'stat', '--format=%a %u', 'data', 'data/admin.token')).toBe(
      '700 1000\n600 1000',
    );
  });

  it('publish the admin API to this machine only, and nothing of MongoDB', async () => {
    const ports = async (service: 'balancer' | 'mongodb') =>
      JSON.parse(
        await engine.docker([
          'inspect',
          '--format',
          '{{json .NetworkSettings.Ports}}',
          await stack.container(service),
        ]),
      ) as Record<string, { HostIp: string }[] | null>;
    const { '3000/tcp': admin, '8000/tcp': traffic } = await ports('balancer');
    expect(admin?.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
    expect(traffic?.map(({ HostIp }) => HostIp)).toContain('0.0.0.0');
    expect(Object.values(await ports('mongodb')).filter((published) => published !== null)).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${stack.adminPort}/api/v1/status`)).status).toBe(401);
  });

  it('balance over the published port by weight, and MongoDB has every exchange', async () => {
    const answers: Answer[] = [];
    for (let i = 0; i < 50; i++) answers.push(await shop(`/?balance=${i}`));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const count = (name: string) => answers.filter(({ body }) => nameIn(body) === name).length;
    expect([1, 2, 3].map((number) => count(`test-server-${number}`))).toEqual([30, 10, 10]);

    const recorded = { query: { $regex: '^balance=' } };
    await stack.until(
      'all are recorded',
      async () => (await stack.documents('access_logs', recorded)).length === 50,
    );
    const records = await stack.documents<ExchangeDocument>('access_logs', recorded);
    expect(new Set(records.map(({ query }) => query))).toEqual(
      new Set(answers.map((_, i) => `balance=${i}`)),
    );
    expect(records.every(({ service, status }) => service === 'shop' && status === 200)).toBe(true);
  });

  it('lose no GET when the container of a backend is killed, and take it in again when it is back', async () => {
    const over = new AbortController();
    const load = runLoad({
      port: stack.trafficPort,
      host: 'shop.localhost',
      connections: 8,
      stop: over.signal,
      limit: Number.POSITIVE_INFINITY,
    });
    const healthOfSecond = async () => {
      const { body } = await stack.api<BackendPage>('GET', '/api/v1/services/shop/backends');
      return body.items.find(({ url }) => url.includes('test-server-2'))?.health;
    };
    await stack.compose('kill', 'test-server-2');
    await stack.until('its death is noticed', async () => (await healthOfSecond()) === 'unhealthy');
    await stack.compose('up', '--detach', '--no-build');
    await stack.until('it is well again', async () => (await healthOfSecond()) === 'healthy');
    await stack.until('it serves again', async () => nameIn((await shop('/')).body) === 'test-server-2');
    over.abort();
    const { sent, statuses, errors } = await load;
    expect(errors).toEqual([]);
    expect(statuses).toEqual({ 200: sent });
    expect(sent).toBeGreaterThan(100);
    await stack.ready();
  });

  it('keep registry, tokens, logs and history over a kill and over a new container', async () => {
    const kept = {
      name: 'kept',
      hosts: ['kept.localhost'],
      backends: [{ url: 'http://test-server-3:8080' }],
    };
    const token = await stack.storedToken();
    const grant = { name: 'deployment', role: 'operator' };
    const { body: granted } = await stack.api<{ id: string; token: string }>('POST', '/api/v1/tokens', grant);
    const whoami = async () => {
      const headers = { authorization: `Bearer ${granted.token}` };
      const answer = await fetch(`http://127.0.0.1:${stack.adminPort}/api/v1/whoami`, { headers });
      return (await answer.json()) as unknown;
    };
    expect((await stack.api('POST', '/api/v1/services', kept)).status).toBe(201);
    const { body: shopBackends } = await stack.api<BackendPage>('GET', '/api/v1/services/shop/backends');
    const { id } = shopBackends.items.find(({ url }) => url.includes('test-server-2'))!;
    const disabled = { state: 'disabled' };
    expect((await stack.api('PATCH', `/api/v1/services/shop/backends/${id}`, disabled)).status).toBe(200);
    expect(nameIn((await shop('/?kept=before', 'kept.localhost')).body)).toBe('test-server-3');
    const history = async () =>
      (await stack.api<{ items: { number: number }[] }>('GET', '/api/v1/revisions')).body.items.map(
        ({ number }) => number,
      );
    const before = await history();

    const comebacks: (readonly string[])[] = [
      ['kill', 'balancer'],
      ['rm', '--stop', '--force', 'balancer'],
    ];
    for (const [index, command] of comebacks.entries()) {
      await stack.until('it is recorded', async () => {
        const records = await stack.documents('access_logs', { query: { $regex: '^kept=' } });
        return records.length === index + 1;
      });
      await stack.compose(...command);
      await stack.compose('up', '--detach', '--no-build');
      await stack.ready();
      expect(await stack.storedToken()).toBe(token);
      expect(await whoami()).toMatchObject(grant);
      expect(await history()).toEqual(before);
      expect(nameIn((await shop(`/?kept=${index}`, 'kept.localhost')).body)).toBe('test-server-3');
      const { body: backends } = await stack.api<BackendPage>('GET', '/api/v1/services/shop/backends');
      expect(backends.items.find((backend) => backend.id === id)?.state).toBe('disabled');
    }
    const enabled = { state: 'enabled' };
    expect((await stack.api('PATCH', `/api/v1/services/shop/backends/${id}`, enabled)).status).toBe(200);
    expect((await stack.api('DELETE', '/api/v1/services/kept')).status).toBe(204);
    expect((await stack.api('DELETE', `/api/v1/tokens/${granted.id}`)).status).toBe(204);
    const { body: audit } = await stack.api<AuditPage>('GET', '/api/v1/audit-logs?outcome=done');
    expect(audit.items.map(({ resource }) => resource)).toContain('/api/v1/services/kept');
    await stack.ready();
  });

  it('serve while MongoDB is away, and store then what happened meanwhile', async () => {
    await stack.compose('kill', 'mongodb');
    await stack.storeIs('away');
    expect((await shop('/?away=1')).status).toBe(200);
    const readiness = await fetch(`http://127.0.0.1:${stack.adminPort}/health/ready`);
    expect([readiness.status, ((await readiness.json()) as { status: string }).status]).toEqual([
      200,
      'degraded',
    ]);
    expect((await stack.api('DELETE', '/api/v1/services/shop')).status).toBe(503);
    await stack.compose('up', '--detach', '--no-build');
    await stack.storeIs('connected');
    await stack.until(
      'it is recorded',
      async () => (await stack.documents('access_logs', { query: 'away=1' })).length === 1,
    );
    await stack.ready();
  });

  it('apply an edit of the mounted configuration when it is saved', async () => {
    const file = join(stack.folder, 'config', 'velocity.compose.yml');
    const original = await readFile(file, 'utf8');
    const save = async (text: string) => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    };
    const hosts = async () => {
      const { body } = await stack.api<ServiceDocument>('GET', '/api/v1/services/shop');
      return body.effective.hosts.join();
    };
    await save(original.replace('hosts: [shop.localhost]', 'hosts: [shop.localhost, store.localhost]'));
    await stack.until('it is applied', async () => (await hosts()) === 'shop.localhost,store.localhost');
    expect(nameIn((await shop('/', 'store.localhost')).body)).toMatch(/^test-server-/);
    await save(original);
    await stack.until('it is taken back', async () => (await hosts()) === 'shop.localhost');
  });

  it('finish what runs when they are stopped, and end by themselves', async () => {
    const slow = shop('/slow/3000', 'any.localhost');
    await stack.until('it runs', async () => {
      const { body } = await stack.api<{ ledger: { inFlight: number } }>('GET', '/api/v1/status');
      return body.ledger.inFlight > 0;
    });
    await stack.compose('stop');
    expect((await slow).status).toBe(200);
    for (const service of ['balancer', 'mongodb', 'test-server-1'] as const) {
      expect([service, await stack.state(service)]).toMatchObject([service, { running: false, exitCode: 0 }]);
    }
    await stack.up();
  });

  it('bring the command line along, with its exit codes', async () => {
    const run = (...args: string[]) =>
      engine.docker(['run', '--rm', '--network=none', stack.balancerImage, ...args]);
    expect(await stack.exec('balancer', 'velocity', 'version')).toBe(await run('version'));
    expect(await run('validate', 'config/velocity.yml', 'config/velocity.compose.yml')).toMatch(
      /valid, .*\n.*valid, /,
    );
    await expect(run('run', '--config', 'config/none.yml')).rejects.toThrow(/none\.yml/);
  });

  it('need nothing beside the image: SQLite in a volume, demo backends', async () => {
    const alone = await Alone.prepare(stack);
    try {
      const tokens: string[] = [];
      for (let round = 0; round < 2; round++) {
        await alone.start('run', '--demo');
        await stack.until('it answers', async () => (await alone.answer()).status === 200);
        expect(nameIn((await alone.answer()).body)).toMatch(/^test-server-/);
        tokens.push(await alone.exec('cat', 'data/admin.token'));
        expect(await alone.stop()).toBe(0);
      }
      expect(tokens[0]).toBe(tokens[1]);
    } finally {
      await alone.remove();
    }
  });

  it('speak TLS on the admin port with mounted files, and are found healthy over it', async () => {
    const { key, cert } = new CertificateAuthority().issue({ names: ['balancer.example.com'] });
    const tls = { cert: 'config/tls.crt', key: 'config/tls.key' };
    const admin = { host: '0.0.0.0', port: 3000, tls };
    const alone = await Alone.prepare(stack);
    try {
      await alone.mount({ 'velocity.yml': JSON.stringify({ admin }), 'tls.crt': cert, 'tls.key': key });
      await alone.start('run');
      await stack.until('it is healthy', async () => (await alone.health()) === 'healthy');
      expect(await alone.stop()).toBe(0);
    } finally {
      await alone.remove();
    }
  });

  describe.skipIf(ground?.engine.socketPath === null)('with the profile autoscaling', () => {
    let scaling: ScalingBalancer;

    beforeAll(async () => {
      scaling = new ScalingBalancer(stack);
      await scaling.up();
    });

    afterAll(() => scaling.remove());

    const slow = (over: AbortController, connections: number) =>
      runLoad({
        port: stack.scalingPort,
        host: 'shop.localhost',
        path: '/slow/300?load=1',
        connections,
        stop: over.signal,
        limit: Number.POSITIVE_INFINITY,
      });
    const serves = (host: string, path = '/') =>
      stack.until(`${host} is served`, async () => (await scaling.get(host, path)).status === 200);

    it(
      'scales up and down with the load, replaces what is killed, and loses no GET',
      { timeout: 400_000 },
      async () => {
        await scaling.scaledTo(1);
        await serves('shop.localhost');
        const over = new AbortController();
        const load = slow(over, 40);
        const [killed] = await scaling.scaledTo(4);
        // The one that is killed is not the only one that serves: there is another to try.
        await scaling.serving('shop', 4);
        await engine.docker(['kill', killed!]);
        await stack.until('it is replaced', async () => {
          const running = await scaling.running();
          return running.length === 4 && !running.includes(killed!);
        });
        over.abort();
        const { sent, statuses, errors } = await load;
        expect(errors).toEqual([]);
        expect(statuses).toEqual({ 200: sent });
        await scaling.scaledTo(1);
        await serves('shop.localhost');
        await stack.until('all are recorded', async () => {
          const records = await scaling.documents('access_logs', { query: 'load=1' });
          return records.length === sent;
        });
        const decisions = await scaling.documents<{ desired: number; reason: string }>('scaling_logs', {
          kind: 'decision',
        });
        expect(decisions.map(({ desired }) => desired)).toEqual(expect.arrayContaining([4, 1]));
        expect(decisions.filter(({ reason }) => reason === '')).toEqual([]);
        const failed = await scaling.documents<{ instance: string }>('scaling_logs', { kind: 'failed' });
        expect(failed.map(({ instance }) => instance)).toEqual([killed]);
      },
    );

    it('adopts its containers after it was killed', async () => {
      const before = await scaling.scaledTo(1);
      await scaling.kill();
      expect(await scaling.running()).toEqual(before);
      await scaling.up();
      await serves('shop.localhost');
      expect(await scaling.running()).toEqual(before);
    });

    it('finds a container by its label, and lets go of it', async () => {
      expect((await scaling.get('any.localhost')).status).toBe(503);
      const options = [`--network=${stack.scaledNetwork}`, '--label=velocity.service=web'];
      const id = await engine.docker(['run', '--detach', ...options, stack.testServerImage]);
      await serves('any.localhost');
      const found = async () => {
        const { sources } = await scaling.api<{ sources: readonly FoundSource[] }>('/api/v1/discovery');
        return sources.map(({ name, problem, backends }) => [
          name,
          problem,
          backends.map(({ service, status }) => `${service} ${status}`),
        ]);
      };
      await vi.waitFor(async () => expect(await found()).toEqual([['docker', '', ['web added']]]), 10_000);
      await engine.docker(['rm', '--force', id]);
      await stack.until('it is gone', async () => (await scaling.get('any.localhost')).status === 503);
    });
  });
});

interface FoundSource {
  readonly name: string;
  readonly problem: string;
  readonly backends: readonly { readonly service: string; readonly status: string }[];
}

interface AuditPage {
  readonly items: readonly { readonly resource: string }[];
}

interface ServiceDocument {
  readonly effective: { readonly hosts: readonly string[] };
}

interface ImageConfig {
  readonly User: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

interface ExchangeDocument {
  readonly query: string;
  readonly service: string;
  readonly status: number;
}

interface BackendPage {
  readonly items: readonly {
    readonly id: string;
    readonly url: string;
    readonly state: string;
    readonly health: string;
  }[];
}
