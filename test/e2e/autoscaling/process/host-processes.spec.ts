import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { HostProcesses } from '../../../../src/modules/autoscaling/drivers/process/host.processes.js';
import { ProcfsProcesses } from '../../../../src/modules/autoscaling/drivers/process/procfs.processes.js';
import { PsProcesses } from '../../../../src/modules/autoscaling/drivers/process/ps.processes.js';
import { eventually } from '../../../support/eventually.js';
import { requireOrSkip } from '../../../support/requirements.js';

const hasPs = spawnSync('ps', ['-o', 'lstart=', '-p', String(process.pid)]).status === 0;
if (!hasPs) requireOrSkip('ps', 'no `ps` on PATH that knows `-o lstart`');
const hasProc = existsSync('/proc/self/stat');

const HOSTS: readonly [string, HostProcesses, boolean][] = [
  ['/proc', new ProcfsProcesses(), hasProc],
  ['ps', new PsProcesses(), hasPs],
];

describe.each(HOSTS.filter(([, , isThere]) => isThere))('processes as seen by %s', (_, host) => {
  const children: ChildProcess[] = [];
  afterEach(async () => {
    await Promise.all(children.splice(0).map(end));
  });

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async function sleeper(mark = ''): Promise<ChildProcess & { readonly pid: number }> {
    const env = mark === '' ? process.env : { ...process.env, VELOCITY_PROCESS: mark };
    const child = spawn('sleep', ['600'], { env, detached: true, stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    return child as ChildProcess & { readonly pid: number };
  }

  it('have a start that stays the same, until they are gone', async () => {
    const child = await sleeper();
    const start = await host.startOf(child.pid);
    expect(start).toMatch(/\d/);
    expect(await host.startOf(child.pid)).toBe(start);
    // ps counts in seconds: this process may be of the same one.
    expect(host.isEarlier((await host.startOf(process.ppid))!, start!)).toBe(true);
    expect(host.isEarlier(start!, start!)).toBe(false);
    await end(child);
    expect(await host.startOf(child.pid)).toBe(null);
  });

  it('are found by their mark', async () => {
    const [one, other] = ['0123456789abcdef', 'fedcba9876543210'];
    const [first, second, third] = [await sleeper(one), await sleeper(one), await sleeper(other)];
    await sleeper();
    // The program has its variables from the moment that it replaces its starter.
    await eventually(async () => {
      const marked = await host.marked();
      expect([...marked.get(one)!].sort()).toEqual([first.pid, second.pid].sort());
      expect(marked.get(other)).toEqual([third.pid]);
    });
    await end(third);
    expect((await host.marked()).has(other)).toBe(false);
  });

  it('are a group as long as one of them lives', async () => {
    const child = await sleeper();
    expect(await host.groupLives(child.pid)).toBe(true);
    await end(child);
    expect(await host.groupLives(child.pid)).toBe(false);
  });
});
