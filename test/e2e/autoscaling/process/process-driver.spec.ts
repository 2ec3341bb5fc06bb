import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessDriverConfig } from '../../../../src/common/config/scaling-config.js';
import type { Instance } from '../../../../src/modules/autoscaling/drivers/driver.js';
import { ProcessDriver } from '../../../../src/modules/autoscaling/drivers/process/index.js';
import { eventually } from '../../../support/eventually.js';
import { closed, holdPort } from '../../../support/free-ports.js';
import { HTTP_SERVER, isGone, nodeSettings } from '../../../support/process-settings.js';
import { RecordingLog } from '../../../support/recording-log.js';

interface Answer {
  readonly pid: number;
  readonly port: string;
  readonly args: readonly string[];
  readonly greeting: string;
}

describe('the process driver', () => {
  let folder: string;
  let log: RecordingLog;
  const drivers: ProcessDriver[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'velocity-processes-'));
    log = new RecordingLog();
  });

  afterEach(async () => {
    await Promise.all(drivers.splice(0).map((driver) => driver.close()));
    await rm(folder, { recursive: true, force: true });
  });

  function driverOf(settings: ProcessDriverConfig, maxLogBytes?: number): ProcessDriver {
    const driver = new ProcessDriver({ service: 'shop', settings, folder, log, maxLogBytes });
    drivers.push(driver);
    return driver;
  }

  /** Its instances, once they are as asked for. */
  function whenListed(driver: ProcessDriver, fits: (all: readonly Instance[]) => boolean) {
    return new Promise<readonly Instance[]>((resolve, reject) => {
      const look = async () => {
        const all = await driver.list();
        if (!fits(all)) return;
        end();
        resolve(all);
      };
      const end = driver.watch(() => void look().catch(reject));
      look().catch(reject);
    });
  }

  const whenRunning = (driver: ProcessDriver, count: number) =>
    whenListed(driver, (all) => all.filter(({ state }) => state === 'running').length === count);

  const whenFailed = async (driver: ProcessDriver): Promise<Instance> =>
    (await whenListed(driver, (all) => all.some(({ state }) => state === 'failed')))[0]!;

  async function ask({ url }: Instance): Promise<Answer> {
    return (await (await fetch(url!)).json()) as Answer;
  }

  const entries = async () =>
    (await readdir(path.join(folder, 'shop'))).filter((name) => name.endsWith('.json'));

  /** What a process has written last. */
  async function outputOf({ id }: Instance): Promise<string> {
    return readFile(path.join(folder, 'shop', `${id}.log`), 'utf8');
  }

  /** Of one that writes it first of all. */
  function writtenPid(one: Instance): Promise<number> {
    return eventually(async () => {
      const pid = Number.parseInt(await outputOf(one), 10);
      // Signals to 0 are for the tests themselves.
      if (!(pid > 1)) throw new Error('it has not written its id yet');
      return pid;
    });
  }

  it('starts a command with its arguments, variables and port, and stops it', async () => {
    const settings = await nodeSettings(HTTP_SERVER, 5);
    const driver = driverOf({
      ...settings,
      args: [...settings.args, '--', '--listen={port}', '$HOME; exit'],
      env: { ...settings.env, GREETING: 'port {port} of {port}' },
    });
    await driver.start(1);
    expect(await driver.list()).toMatchObject([{ state: 'starting', url: null }]);
    const [one] = await whenRunning(driver, 1);
    const port = new URL(one!.url!).port;
    const answer = await ask(one!);
    expect(answer).toEqual({
      pid: expect.any(Number),
      port,
      // No shell has seen them.
      args: [`--listen=${port}`, '$HOME; exit'],
      greeting: `port ${port} of ${port}`,
    });
    expect(one).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{16}$/), detail: '' });
    expect(Number(port)).toBeGreaterThanOrEqual(settings.ports.from);
    expect((await stat(path.join(folder, 'shop'))).mode & 0o777).toBe(0o700);
    for (const name of await readdir(path.join(folder, 'shop'))) {
      expect((await stat(path.join(folder, 'shop', name))).mode & 0o777, name).toBe(0o600);
    }
    await driver.stop([one!.id, 'unknown']);
    expect(await driver.list()).toEqual([]);
    expect(await isGone(answer.pid)).toBe(true);
    expect(await entries()).toEqual([]);
  });

  it('gives 20 that start at once 20 ports, and passes over one that somebody holds', async () => {
    const settings = await nodeSettings(`require('node:net').createServer().listen(process.env.PORT)`, 21);
    const foreign = await holdPort(settings.ports.from + 3);
    const driver = driverOf(settings);
    await Promise.all([driver.start(12), driver.start(8)]);
    const all = await whenRunning(driver, 20);
    const ports = new Set(all.map(({ url }) => Number(new URL(url!).port)));
    expect(ports.size).toBe(20);
    expect(ports).not.toContain(settings.ports.from + 3);
    await expect(driver.start(1)).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringMatching(
        new RegExp(
          `no port of ${settings.ports.from}-${settings.ports.to} is free: 20 of them by processes of Velocity, ${settings.ports.from + 3} is held by process ${process.pid} `,
        ),
      ),
    });
    expect(await driver.list()).toHaveLength(20);
    await closed(foreign);
    await driver.start(1);
    expect(await whenRunning(driver, 21)).toHaveLength(21);
  });

  it('tries the next port when the process finds its own in use', async () => {
    // Takes the port away from its first start only, as somebody else would between our look and its own.
    const settings = await nodeSettings(
      `const { existsSync, writeFileSync } = require('node:fs');
       const net = require('node:net');
       const again = process.env.FIRST;
       if (existsSync(again)) {
         net.createServer().listen(process.env.PORT);
       } else {
         writeFileSync(again, process.env.PORT);
         console.error('Error: listen EADDRINUSE: address already in use :::' + process.env.PORT);
         process.exitCode = 1;
       }`,
      3,
    );
    const first = path.join(folder, 'first');
    const driver = driverOf({ ...settings, env: { ...settings.env, FIRST: first } });
    await driver.start(1);
    const [asked] = await driver.list();
    const [one] = await whenRunning(driver, 1);
    expect(one!.id).toBe(asked!.id);
    expect(await readFile(first, 'utf8')).toBe(String(settings.ports.from));
    expect(new URL(one!.url!).port).toBe(String(settings.ports.from + 1));
  });

  it('does not take the listener of somebody else for its process', async () => {
    const settings = await nodeSettings(
      `process.once('SIGUSR2', () => require('node:net').createServer().listen(process.env.PORT));
       setInterval(() => undefined, 1_000);
       console.log(process.pid);`,
      1,
    );
    const driver = driverOf(settings);
    await driver.start(1);
    const foreign = createServer((socket) => socket.destroy()).listen(settings.ports.from, '127.0.0.1');
    await once(foreign, 'listening');
    const held = `port ${settings.ports.from} is held by process ${process.pid} `;
    await eventually(async () => {
      expect((await driver.list())[0]!.detail).toContain(held);
    });
    const [one] = await driver.list();
    expect(one).toMatchObject({ state: 'starting', url: null });
    await closed(foreign);
    process.kill(await writtenPid(one!), 'SIGUSR2');
    expect(await whenRunning(driver, 1)).toHaveLength(1);
  });

  it('says with which code and words a process ended, and shows it until another one is started', async () => {
    const settings = await nodeSettings(
      `console.log('one'); console.error('\\u001b[31mtwo\\u001b[0m\\n\\nthree\\nfour'); process.exitCode = 3;`,
      3,
    );
    const driver = driverOf(settings);
    await driver.start(1);
    const failed = await whenFailed(driver);
    expect(failed).toMatchObject({ detail: 'ended with exit code 3: two | three | four', url: null });
    expect(await outputOf(failed)).toContain('one\n');
    await eventually(async () => expect(await entries()).toEqual([]));
    await driver.start(1);
    const again = await driver.list();
    expect(again).toHaveLength(1);
    expect(again[0]!.id).not.toBe(failed.id);
    await whenFailed(driver);
    await driver.stop([again[0]!.id]);
    expect(await driver.list()).toEqual([]);
  });

  it('notices at once that a process was killed, and ends what that has left', async () => {
    const settings = await nodeSettings(
      `require('node:http').createServer((_, response) => response.end(JSON.stringify({ pid: process.pid, child: child.pid }))).listen(process.env.PORT);
       const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);`,
      1,
    );
    const driver = driverOf(settings);
    await driver.start(1);
    const [one] = await whenRunning(driver, 1);
    const { pid, child } = (await (await fetch(one!.url!)).json()) as { pid: number; child: number };
    process.kill(pid, 'SIGKILL');
    expect(await whenFailed(driver)).toMatchObject({ id: one!.id, detail: 'ended by SIGKILL' });
    // The only port is its own: the next one waits for it.
    await driver.start(1);
    expect(await whenRunning(driver, 1)).toHaveLength(1);
    expect(await isGone(child)).toBe(true);
  });

  it('ends by force what ignores SIGTERM: children, and their children that left the group', async () => {
    const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
    const settings = await nodeSettings(
      `${stubborn}
       const { spawn } = require('node:child_process');
       const start = (code, detached) => spawn(process.execPath, ['-e', code], { detached, stdio: 'ignore' }).pid;
       const child = start(${JSON.stringify(stubborn)}, false);
       const escaped = start(${JSON.stringify(stubborn)}, true);
       const answer = JSON.stringify([process.pid, child, escaped]);
       require('node:http').createServer((_, response) => response.end(answer)).listen(process.env.PORT);`,
      1,
      { stopMs: 300 },
    );
    const driver = driverOf(settings);
    await driver.start(1);
    const [one] = await whenRunning(driver, 1);
    const pids = (await (await fetch(one!.url!)).json()) as number[];
    expect(await Promise.all(pids.map(isGone))).toEqual([false, false, false]);
    const stopping = driver.stop([one!.id]);
    expect(await whenListed(driver, (all) => all[0]?.state === 'stopping')).toHaveLength(1);
    await stopping;
    expect(await Promise.all(pids.map(isGone))).toEqual([true, true, true]);
    expect(await driver.list()).toEqual([]);
  });

  it('keeps the newest output of a process up to a size, twice', async () => {
    const cap = 64 * 1024;
    const settings = await nodeSettings(
      `const { writeSync } = require('node:fs');
       let line = 0;
       setInterval(() => { for (let i = 0; i < 100; i++) writeSync(1, String(line++).padStart(9, '0') + '\\n'); }, 2);
       require('node:net').createServer().listen(process.env.PORT);`,
      1,
    );
    const driver = driverOf(settings, cap);
    await driver.start(1);
    const [one] = await driver.list();
    const file = path.join(folder, 'shop', `${one!.id}.log`);
    const inode = (await stat(file)).ino;
    const older = await eventually(() => readFile(`${file}.1`, 'utf8'));
    expect(older.length).toBeLessThanOrEqual(cap);
    expect(older).toMatch(/^(?:\d{9}\n)+$/);
    expect((await stat(`${file}.1`)).mode & 0o777).toBe(0o600);
    // The process goes on in the same file, at its new end: nothing of the older part is there again, and no gap.
    const newest = await eventually(async () => {
      const text = await readFile(file, 'utf8');
      expect(text.length).toBeGreaterThan(0);
      return text;
    });
    expect((await stat(file)).ino).toBe(inode);
    expect(newest.startsWith('\0')).toBe(false);
    expect(Number(newest.slice(0, 9))).toBeGreaterThan(Number(older.slice(0, 9)));
  });

  it('knows how much of a core a process uses, with its children', async () => {
    const busy = `for (;;) {}`;
    const settings = await nodeSettings(
      `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}]);
       require('node:net').createServer().listen(process.env.PORT);`,
      1,
    );
    const driver = driverOf(settings);
    await driver.start(1);
    await whenRunning(driver, 1);
    await eventually(async () => {
      const [{ cpu }] = (await driver.list()) as [Instance];
      expect(cpu).toBeGreaterThan(0.02);
      expect(cpu).toBeLessThan(2);
    });
  });

  it('refuses what cannot be started, with what to do', async () => {
    const settings = await nodeSettings(HTTP_SERVER, 1);
    const start = (changed: Partial<ProcessDriverConfig>) => driverOf({ ...settings, ...changed }).start(1);
    const refused = (message: RegExp) => ({
      code: 'DRIVER_REFUSED',
      message: expect.stringMatching(message),
    });
    await expect(start({ command: 'no-such-thing', env: { PATH: '/usr/bin:/none' } })).rejects.toMatchObject(
      refused(
        /^there is no command "no-such-thing": it is in no folder of PATH \(\/usr\/bin:\/none\); write its whole path/,
      ),
    );
    await expect(start({ command: './none.sh', folder })).rejects.toMatchObject(
      refused(new RegExp(`^there is no command "./none.sh": ${folder}/none.sh does not exist$`)),
    );
    await expect(start({ folder: path.join(folder, 'none') })).rejects.toMatchObject(
      refused(/^the working folder .*none does not exist: correct `folder`$/),
    );
    const script = path.join(folder, 'script.sh');
    await writeFile(script, '#!/no/such/interpreter\n');
    await expect(start({ command: script })).rejects.toMatchObject(refused(/script.sh is not executable/));
    await chmod(script, 0o755);
    await expect(start({ command: script })).rejects.toMatchObject(
      refused(/cannot be started: it or the interpreter that its first line names does not exist/),
    );
    expect(await entries()).toEqual([]);
    const noFolder = new ProcessDriver({ service: 'shop', settings, folder: script, log });
    await expect(noFolder.start(1)).rejects.toMatchObject(
      refused(/^the state folder .* cannot be written \(ENOTDIR\)/),
    );
    // Nothing of it has cost a port.
    await driverOf(settings).start(1);
  });

  it('stops all that runs when it is closed, also what is about to start', async () => {
    const settings = await nodeSettings(`console.log(process.pid); ${HTTP_SERVER}`, 4);
    const driver = driverOf(settings);
    await driver.start(3);
    const all = await whenRunning(driver, 3);
    const pids = await Promise.all(all.map(writtenPid));
    const late = driver.start(1).catch(() => undefined);
    await driver.close();
    await late;
    expect(await Promise.all(pids.map(isGone))).toEqual([true, true, true]);
    expect(await entries()).toEqual([]);
  });
});
