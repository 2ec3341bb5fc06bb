import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import type { BackendProcess } from '../../support/backend-process.js';
import { CliProcess, velocity } from '../../support/cli.process.js';
import { request } from '../../support/load.js';

interface Ready {
  readonly event?: string;
  readonly admin: string;
  readonly tokenFile: string;
  readonly listeners: readonly { readonly port: number }[];
}

describe('velocity run --to', () => {
  const stage = new Stage();
  let folder: string;
  let backends: BackendProcess[];
  const started: CliProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'velocity-to-'));
    backends = await stage.backends(2);
  });

  afterAll(async () => {
    for (const one of started) one.child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function start(...args: string[]) {
    const to = backends.flatMap(({ port }) => ['--to', `:${port}`]);
    const all = ['run', ...to, '--listen', '127.0.0.1:0', '--admin-port', '0', ...args];
    const balancer = CliProcess.start(all, { cwd: folder, env: { TMPDIR: folder } });
    started.push(balancer);
    const ready = JSON.parse(await balancer.printed((line) => line.includes('"ready"'))) as Ready;
    return { balancer, ready, port: ready.listeners[0]!.port };
  }

  it('balances without any file, is found by commands, and leaves nothing', async () => {
    const { balancer, ready, port } = await start('--algorithm', 'round-robin');
    const names = await Promise.all([1, 2, 3, 4].map(() => request({ port, host: 'any' })));
    const ports = names.map(({ body }) => (JSON.parse(body) as { port: number }).port);
    expect(new Set(ports)).toEqual(new Set(backends.map((backend) => backend.port)));
    // No token is named: that of the balancer which has this admin port is found.
    const services = await velocity(['services', '--admin', ready.admin], {
      cwd: folder,
      env: { TMPDIR: folder },
    });
    expect(services).toMatchObject({ code: 0, out: expect.stringMatching(/\ndefault +\* +round-robin/) });
    expect(existsSync(ready.tokenFile)).toBe(true);
    expect((await balancer.stop('SIGTERM')).code).toBe(0);
    expect(existsSync(path.dirname(ready.tokenFile))).toBe(false);
    expect((await readdir(folder)).filter((name) => !name.startsWith('velocity-'))).toEqual([]);
  });

  it('keeps what is changed in the folder that --data names', async () => {
    const first = await start('--data', 'kept');
    const options = { cwd: folder, env: { VELOCITY_TOKEN_FILE: path.join('kept', 'admin.token') } };
    const weight = ['backends', 'weight', 'default', `:${backends[0]!.port}`, '7'];
    expect(await velocity([...weight, '--admin', first.ready.admin], options)).toMatchObject({ code: 0 });
    await first.balancer.stop('SIGTERM');
    const second = await start('--data', 'kept');
    const { out } = await velocity(['backends', '--admin', second.ready.admin, '--json'], options);
    expect(JSON.parse(out)).toMatchObject({ items: [{ weight: 7 }, { weight: 1 }] });
    await second.balancer.stop('SIGTERM');
  });

  it.each([
    [['--to', ':9', '--config', 'x.yml'], '--config and --to exclude each other'],
    [['--listen', ':8000'], '--listen goes with --to'],
    [['--to', ':99999'], 'has no valid port'],
    [['--to', 'http://a/b'], 'path'],
    [['--to', ':9', '--listen', '1:2:3'], '--listen "1:2:3" is no address'],
    [['--to', ':9', '--algorithm', 'header-hash'], 'needs the header'],
    [['--to', ':9', '--algorithm', 'fastest'], 'Allowed choices'],
  ])('refuses %j', async (args, message) => {
    const refused = await velocity(['run', ...args], { cwd: folder, env: { TMPDIR: folder } });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});
