import { readFile, rename, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../support/balanced.js';
import type { BalancerProcess } from '../support/balancer-process.js';
import { environmentOf, velocity } from '../support/cli.process.js';
import { eventually } from '../support/eventually.js';

interface Status {
  readonly blocklist: {
    readonly entries: number;
    readonly files: readonly { readonly path: string; readonly entries: number; readonly problem: string }[];
  };
}

const support = (file: string) => path.resolve(import.meta.dirname, '../support', file);
const HOUR_MS = 3_600_000;
/** Loopback is a whole network: who is blocked asks from here. */
const BLOCKED = '127.0.0.9';
const OTHER = '127.0.0.1';
/** So many connections, and each of two workers had some. */
const CONNECTIONS = 24;

/** Status of a request over a connection of its own; 0: it was closed without an answer. */
function statusFrom(localAddress: string, port: number): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, localAddress, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode!));
    });
    request.on('error', () => resolve(0));
  });
}

async function statusesFrom(localAddress: string, { trafficPort }: BalancerProcess): Promise<number[]> {
  const all = Array.from({ length: CONNECTIONS }, () => statusFrom(localAddress, trafficPort));
  return [...new Set(await Promise.all(all))];
}

/** As editors and good downloads save: into another file, which then takes the name. */
async function save(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** A million lines: every eighth one a network of IPv6, the others addresses of IPv4 that lie apart. */
function millionNetworks(): string {
  const lines = Array.from({ length: 1_000_000 - 1 }, (_, index) => {
    if (index % 8 === 0) return `2001:${(index >> 12).toString(16)}:${(index & 0xfff).toString(16)}::/48`;
    const word = Math.imul(index, 0x9e3779b1) >>> 0;
    // Never one of loopback.
    return [(word >>> 24) | 128, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.');
  });
  return [...lines, BLOCKED].join('\n');
}

/** Most memory that the process ever had, MiB. */
async function peakMiB({ child }: BalancerProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) / 1_024;
}

describe('who is blocked everywhere', () => {
  const stage = new Stage();

  it('is what a watched file says in all workers; a broken edit changes nothing and is shown', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }], {
      blocklistFiles: ['feed.txt'],
    });
    const balancer = await stage.balancer(config, {
      env: { NODE_OPTIONS: `--import ${support('crash-preload.mjs')}` },
    });
    const feed = path.join(balancer.dir, 'feed.txt');
    const missing = await balancer.logged(
      ({ msg }) => msg === 'block list refused, nothing of it is blocked',
    );
    expect(missing['reason']).toBe('feed.txt: does not exist: check the path, or write the file');
    expect(await statusesFrom(BLOCKED, balancer)).toEqual([200]);

    await save(feed, `# feed\n${BLOCKED}/32\n198.51.100.0/24\n`);
    await balancer.logged(({ msg, entries }) => msg === 'block list read' && entries === 2);
    await eventually(async () => expect(await statusesFrom(BLOCKED, balancer)).toEqual([0]));
    expect(await statusesFrom(OTHER, balancer)).toEqual([200]);

    await save(feed, `198.51.100.0/24\n10.1.2.3/8\n`);
    const refused = await balancer.logged(
      ({ msg }) => msg === 'block list refused, what it held before stays',
    );
    expect(refused['reason']).toContain('feed.txt:2: "10.1.2.3/8" has bits set behind its prefix');
    expect(await statusesFrom(BLOCKED, balancer)).toEqual([0]);
    const { blocklist } = (await balancer.api<Status>('GET', '/api/v1/status')).body;
    expect(blocklist).toMatchObject({ entries: 2, files: [{ path: 'feed.txt', entries: 2 }] });
    expect(blocklist.files[0]!.problem).toContain('feed.txt:2:');
    const metrics = (await balancer.api<string>('GET', '/metrics')).body;
    expect(metrics).toMatch(/^velocity_blocklist_file_valid\{path="feed\.txt"\} 0$/m);
    expect(metrics).toMatch(/^velocity_connections_refused_total\{reason="blocked"\} [1-9]\d*$/m);
    const doctor = await velocity(['doctor', '--config', 'velocity.yml'], {
      cwd: balancer.dir,
      env: environmentOf(balancer),
    });
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(
      /problem +block lists +feed\.txt:2: .*; the 2 networks it held before stay blocked/,
    );
    const shown = await velocity(['status'], { cwd: balancer.dir, env: environmentOf(balancer) });
    expect(shown.out).toContain('2 networks in block lists');
    expect(shown.out).toContain('problem feed.txt:2:');

    // A worker that takes the place of a dead one knows who is blocked.
    balancer.child.kill('SIGUSR2');
    await balancer.logged(({ msg, restarts }) => msg === 'worker listens' && restarts === 1);
    expect(await statusesFrom(BLOCKED, balancer)).toEqual([0]);
    expect(await statusesFrom(OTHER, balancer)).toEqual([200]);

    await save(feed, '198.51.100.0/24\n');
    await balancer.logged(({ msg, entries }) => msg === 'block list read' && entries === 1);
    await eventually(async () => expect(await statusesFrom(BLOCKED, balancer)).toEqual([200]));
  });

  it('is what an edit of the configuration says, and whom a service allows it serves all the same', async () => {
    const backend = await stage.backend();
    const service = (more: object = {}) => [
      { name: 'shop', backends: [backend.url], health: STEADY_HEALTH, ...more },
    ];
    const balancer = await stage.balancer(configOf(service()));
    const edit = async (config: object) => {
      const before = balancer.log.length;
      await save(balancer.configPath, JSON.stringify(config));
      await balancer.logged(
        (line) => line.msg === 'configuration file applied' && balancer.log.indexOf(line) >= before,
      );
    };
    await edit(
      configOf(service(), { blocklist: [{ cidr: '127.0.0.8/30', note: 'tested', mode: 'enforce' }] }),
    );
    await eventually(async () => expect(await statusesFrom(BLOCKED, balancer)).toEqual([0]));
    await edit(configOf(service({ allowlist: [BLOCKED] }), { blocklist: ['127.0.0.8/30'] }));
    await eventually(async () => expect(await statusesFrom(BLOCKED, balancer)).toEqual([200]));
    await edit(configOf(service({ blocklist: ['127.0.0.8/30'] })));
    await eventually(async () => expect(await statusesFrom(BLOCKED, balancer)).toEqual([403]));
    expect(await statusesFrom(OTHER, balancer)).toEqual([200]);
    const shop = await balancer.api<{ effective: { policies: object } }>('GET', '/api/v1/services/shop');
    expect(shop.body.effective.policies).toMatchObject({
      block: { blocklist: [{ cidr: '127.0.0.8/30', note: '', expiresAt: 0, shadow: false }], allowlist: [] },
    });
    const refused = await balancer.api<object>('PUT', '/api/v1/services/shop', {
      name: 'shop',
      backends: [backend.url],
      blocklist: ['127.0.0.9/30'],
    });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain('write 127.0.0.8/30 for the network');
  });

  it.skipIf(process.platform !== 'linux')(
    'may be a million, in less than 200 MiB, while the admin API answers',
    async () => {
      const backend = await stage.backend();
      const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }], {
        blocklistFiles: ['feed.txt'],
      });
      const balancer = await stage.balancer(config);
      const before = await peakMiB(balancer);
      await save(path.join(balancer.dir, 'feed.txt'), millionNetworks());
      const isRead = () =>
        balancer.log.some(({ msg, entries }) => msg === 'block list read' && entries === 1_000_000);
      let answers = 0;
      while (!isRead()) {
        expect((await balancer.api('GET', '/api/v1/status')).status).toBe(200);
        answers++;
      }
      expect(answers).toBeGreaterThan(1);
      await eventually(async () => expect(await statusesFrom(BLOCKED, balancer)).toEqual([0]));
      expect(await statusesFrom(OTHER, balancer)).toEqual([200]);
      const { blocklist } = (await balancer.api<Status>('GET', '/api/v1/status')).body;
      expect(blocklist.entries).toBeGreaterThan(900_000);
      expect((await peakMiB(balancer)) - before).toBeLessThan(200);
    },
  );

  it('expires by the clock on the wall, and is blocked again when that is set back', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }], {
      workers: 'inline',
      blocklist: [{ cidr: BLOCKED, expires: new Date(Date.now() + HOUR_MS).toISOString() }],
    });
    const clock = pathToFileURL(support('stepped-clock.mjs')).href;
    const balancer = await stage.balancer(config, {
      env: { NODE_OPTIONS: `--import ${clock}`, CLOCK_STEPS_MS: `${2 * HOUR_MS},${-2 * HOUR_MS}` },
    });
    const status = () => statusFrom(BLOCKED, balancer.trafficPort);
    expect(await status()).toBe(0);
    balancer.child.kill('SIGUSR2');
    await eventually(async () => expect(await status()).toBe(200));
    balancer.child.kill('SIGUSR2');
    await eventually(async () => expect(await status()).toBe(0));
  });
});
