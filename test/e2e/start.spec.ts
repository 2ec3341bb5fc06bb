import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { Stage, STEADY_HEALTH, configOf } from '../support/balanced.js';
import { freePort } from '../support/free-ports.js';
import { request } from '../support/load.js';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/main.js');

describe('a start', () => {
  const stage = new Stage();
  const children: ChildProcess[] = [];
  const folders: string[] = [];
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  });

  /** Runs a balancer that may fail; see `Stage.balancer` for one that must not. */
  async function run(config: object, stdio: StdioOptions = ['pipe', 'pipe', 'pipe'], args: string[] = []) {
    const cwd = await mkdtemp(path.join(tmpdir(), 'velocity-start-'));
    folders.push(cwd);
    await writeFile(path.join(cwd, 'velocity.yml'), JSON.stringify(config));
    const child = spawn(process.execPath, [ENTRY, 'run', '-c', 'velocity.yml', ...args], { cwd, stdio });
    children.push(child);
    const lines: { readonly code?: string; readonly msg?: string }[] = [];
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
    return { child, lines, ended: once(child, 'close').then(([code]) => code as number | null) };
  }

  /** Somebody else's listener. */
  async function occupy(): Promise<net.Server> {
    const server = net.createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  async function untilServed(port: number, child: ChildProcess): Promise<number> {
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline && child.exitCode === null) {
      const answer = await request({ port, host: 'any' });
      if (answer.status === 200) return 200;
    }
    throw new Error(`nothing served on ${port}; exit code ${child.exitCode}`);
  }

  it.each([2, 'inline'])(
    'whose admin port is taken ends with 1, opens no listener and leaves nothing (workers: %s)',
    async (workers) => {
      const backend = await stage.backend();
      const other = await occupy();
      const { port } = other.address() as net.AddressInfo;
      const services = [{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }];
      const started = await run(configOf(services, { workers, admin: { host: '127.0.0.1', port } }));
      expect(await started.ended).toBe(1);
      expect(started.lines.at(-1)).toMatchObject({
        code: 'ADDRESS_IN_USE',
        msg: expect.stringContaining(`127.0.0.1:${port} is already in use`),
      });
      expect(started.lines.filter(({ msg }) => msg === 'worker listens')).toEqual([]);
      other.close();
    },
  );

  it('that SIGTERM interrupts comes down in order, with 0', async () => {
    const config = configOf([{ name: 'shop', backends: [`http://127.0.0.1:${await freePort()}`] }]);
    const started = await run(config, undefined, ['--demo']);
    await once(started.child.stdout!, 'data');
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(started.lines.map(({ msg }) => msg)).toContain('stopped, nothing was cut');
  });

  it('with output that nobody reads any more serves all the same', async () => {
    const backend = await stage.backend();
    const port = await freePort();
    const services = [{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }];
    const started = await run(configOf(services, { listeners: [{ host: '127.0.0.1', port }] }), undefined, [
      '--demo',
    ]);
    started.child.stdout!.destroy();
    started.child.stderr!.destroy();
    expect(await untilServed(port, started.child)).toBe(200);
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
  });

  describe.skipIf(!existsSync('/dev/full'))('with its log on a full disk', () => {
    const full = (): StdioOptions => ['ignore', openSync('/dev/full', 'w'), 'ignore'];

    it('serves all the same', async () => {
      const backend = await stage.backend();
      const port = await freePort();
      const services = [{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }];
      const started = await run(configOf(services, { listeners: [{ host: '127.0.0.1', port }] }), full());
      expect(await untilServed(port, started.child)).toBe(200);
      started.child.kill('SIGTERM');
      expect(await started.ended).toBe(0);
    });

    it('still ends when it cannot start', async () => {
      const other = await occupy();
      const { port } = other.address() as net.AddressInfo;
      const started = await run(configOf([], { admin: { host: '127.0.0.1', port } }), full());
      expect(await started.ended).toBe(1);
      other.close();
    });
  });
});
