import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { configOf, QUICK_HEALTH, Stage } from '../../support/balanced.js';
import { endOrphans } from '../../../src/modules/autoscaling/drivers/process/index.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { eventually } from '../../support/eventually.js';
import { closed, freeRange, holdPort } from '../../support/free-ports.js';
import { isGone } from '../../support/process-settings.js';

describe('the demo backends', () => {
  const stage = new Stage();
  const folders: string[] = [];
  const balancers: BalancerProcess[] = [];
  let ports: number[];
  let dir: string;
  let config: object;

  beforeEach(async () => {
    const { from } = await freeRange(3);
    ports = [from, from + 1, from + 2];
    dir = await mkdtemp(path.join(tmpdir(), 'velocity-demo-'));
    folders.push(dir);
    const backends = ports.map((port) => `http://127.0.0.1:${port}`);
    config = configOf([
      { name: 'shop', backends: backends.slice(0, 2), health: QUICK_HEALTH },
      { name: 'web', hosts: ['web.test'], backends, health: QUICK_HEALTH },
    ]);
  });

  afterAll(async () => {
    // After a test that failed one still runs, which would start again what is ended here.
    await Promise.all(balancers.map((balancer) => balancer.stop('SIGKILL')));
    for (const folder of folders) {
      await endOrphans(path.join(folder, 'data', 'demo'), []);
      await rm(folder, { recursive: true, force: true });
    }
  });

  async function start(settings: object = config, ...args: string[]): Promise<BalancerProcess> {
    const balancer = await stage.balancer(settings, { dir, args: ['--demo', ...args] });
    balancers.push(balancer);
    return balancer;
  }

  async function pidAt(port: number): Promise<number> {
    return ((await (await fetch(`http://127.0.0.1:${port}/`)).json()) as { pid: number }).pid;
  }

  const pids = () => Promise.all(ports.map(pidAt));

  it('are processes of their own: one that is killed is replaced, and none is left after the end', async () => {
    const balancer = await start();
    const before = await pids();
    expect(new Set(before).size).toBe(3);
    expect(await balancer.logged(({ msg }) => msg === 'demo backends listen')).toMatchObject({ ports });
    process.kill(before[1]!, 'SIGKILL');
    await eventually(async () => expect(await pidAt(ports[1]!)).not.toBe(before[1]));
    const after = await pids();
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    expect(await balancer.stop()).toBe(0);
    expect(await Promise.all(after.map(isGone))).toEqual([true, true, true]);
  });

  it('of a balancer that was killed are those of its next start', async () => {
    const killed = await start();
    const before = await pids();
    await killed.stop('SIGKILL');
    expect(await pids()).toEqual(before);
    const next = await start();
    expect(await pids()).toEqual(before);
    expect(await next.stop()).toBe(0);
    expect(await Promise.all(before.map(isGone))).toEqual([true, true, true]);
  });

  it('that the file does not name any more end at the next start', async () => {
    const killed = await start();
    const before = await pids();
    await killed.stop('SIGKILL');
    config = configOf([{ name: 'shop', backends: [`http://127.0.0.1:${ports[0]}`], health: QUICK_HEALTH }]);
    const next = await start();
    expect(await pidAt(ports[0]!)).toBe(before[0]);
    expect(await Promise.all(before.map(isGone))).toEqual([false, true, true]);
    expect(await next.stop()).toBe(0);
  });

  it('leave a port alone that somebody holds, and say who', async () => {
    const other = await holdPort(ports[0]!);
    const balancer = await start();
    const line = await balancer.logged(({ msg }) => msg === 'demo backends did not start');
    expect(line).toMatchObject({
      ports: [ports[0]],
      reason: expect.stringContaining(
        `port ${ports[0]} is not free: ${ports[0]} is held by process ${process.pid}`,
      ),
    });
    expect(await Promise.all([pidAt(ports[1]!), pidAt(ports[2]!)])).not.toContain(process.pid);
    await closed(other);
    expect(await balancer.stop()).toBe(0);
  });

  it('end with a balancer that is forced to', async () => {
    const balancer = await start();
    const running = await pids();
    const traffic = `http://127.0.0.1:${balancer.trafficPort}`;
    // On a busy machine the first probe may be too late for its answer.
    await eventually(async () => expect((await fetch(traffic)).status).toBe(200));
    // It waits for this one, so that the second signal finds it.
    const slow = fetch(`${traffic}/slow/60000`).then(
      ({ status }) => status,
      () => 'cut',
    );
    await eventually(async () => {
      const { body } = await balancer.api<{ ledger: { inFlight: number } }>('GET', '/api/v1/status');
      expect(body.ledger.inFlight).toBe(1);
    });
    balancer.child.kill('SIGTERM');
    await balancer.logged(({ signal }) => signal === 'SIGTERM');
    expect(await balancer.stop('SIGTERM')).toBe(1);
    // Its backend ends too: should that be seen first, there is still the time to say so.
    expect(['cut', 502]).toContain(await slow);
    await eventually(async () => expect(await Promise.all(running.map(isGone))).toEqual([true, true, true]));
  });

  it('go over to the balancer that takes over', async () => {
    const first = await start();
    const before = await pids();
    const address = new URL(first.adminUrl);
    const second = await start(
      {
        ...config,
        listeners: [{ host: '127.0.0.1', port: first.trafficPort }],
        admin: { host: '127.0.0.1', port: Number(address.port) },
      },
      '--takeover',
    );
    expect(await first.exited).toBe(0);
    expect(await pids()).toEqual(before);
    await second.logged(
      (line) => line.msg === 'demo backends were taken over' && (line['ports'] as number[])[0] === ports[0],
    );
    // Its own by now: it starts one again.
    process.kill(before[0]!, 'SIGKILL');
    await eventually(async () => expect(await pidAt(ports[0]!)).not.toBe(before[0]));
    const after = await pids();
    expect(await second.stop()).toBe(0);
    expect(await Promise.all(after.map(isGone))).toEqual([true, true, true]);
  });
});
