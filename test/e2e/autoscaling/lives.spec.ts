import { describe, expect, it } from 'vitest';
import { Stage, configOf, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { environmentOf, velocity } from '../../support/cli.process.js';
import { eventually } from '../../support/eventually.js';
import { Observation } from '../../support/observation.js';
import { runLoad } from '../../support/load.js';
import {
  isRunning,
  PROCESSES,
  pidAt,
  processScaling,
  scalingBalancer,
  scaled,
} from '../../support/scaled.balancer.js';

const service = (scaling: object) => ({
  name: 'shop',
  health: STEADY_HEALTH,
  queue: { size: 500, hold: '30s' },
  scaling,
});

async function pidsOf(balancer: BalancerProcess, count: number): Promise<readonly number[]> {
  const { instances } = await scaled(
    balancer,
    'shop',
    ({ ready, instances: all }) =>
      ready === count && all.filter(({ state }) => state === 'running').length === count,
  );
  return Promise.all(instances.flatMap(({ url, state }) => (state === 'running' ? [pidAt(url!)] : [])));
}

async function gone(pids: readonly number[]): Promise<void> {
  await eventually(async () => expect(pids.filter(isRunning)).toEqual([]));
}

describe('the processes of a service', () => {
  const stage = new Stage();

  it('are replaced when one is killed, and no request fails', async () => {
    const scaling = processScaling({ min: 2, max: 4, interval: '1s' });
    const balancer = await scalingBalancer(stage, configOf([service(scaling)], PROCESSES));
    const pids = await pidsOf(balancer, 2);
    const end = new AbortController();
    let answered = 0;
    const load = runLoad({
      port: balancer.trafficPort,
      host: 'shop.test',
      path: '/slow/20',
      connections: 8,
      stop: end.signal,
      onAnswer: () => answered++,
    });
    await Observation.until(() => answered > 50, 'the load runs');
    const killedAt = performance.now();
    process.kill(pids[0]!, 'SIGKILL');
    await balancer.logged(({ msg }) => msg === 'a copy has failed');
    const seenMs = performance.now() - killedAt;
    await eventually(async () => {
      const { instances } = await scaled(balancer, 'shop', ({ instances: all }) => all.length >= 2);
      const alive = instances.filter(({ state }) => state === 'starting' || state === 'running');
      expect(alive).toHaveLength(2);
    });
    const startedMs = performance.now() - killedAt;
    const now = await pidsOf(balancer, 2);
    const readyMs = performance.now() - killedAt;
    console.log(
      `killed: noticed after ${seenMs.toFixed(0)} ms, another one started after ${startedMs.toFixed(0)} ms, ready after ${readyMs.toFixed(0)} ms`,
    );
    expect(now).toContain(pids[1]);
    expect(now).not.toContain(pids[0]);
    const before = answered;
    await Observation.until(() => answered > before + 100, 'the load goes on');
    end.abort();
    const { statuses, errors } = await load;
    expect(errors).toEqual([]);
    expect(Object.keys(statuses)).toEqual(['200']);
    // Failed before another one was ready, and nothing was started twice.
    const told = balancer.log.flatMap(({ msg }) =>
      msg === 'a copy takes requests' || msg === 'a copy has failed' ? [msg] : [],
    );
    expect(told).toEqual([
      'a copy takes requests',
      'a copy takes requests',
      'a copy has failed',
      'a copy takes requests',
    ]);
  });

  it('that crash again and again are started less and less often, which is said', async () => {
    const crashing = processScaling(
      { min: 1, max: 1, interval: '500ms' },
      { args: ['-e', 'console.error("no license"); process.exit(3)'] },
    );
    const balancer = await scalingBalancer(stage, configOf([service(crashing)], PROCESSES));
    const { problem } = await scaled(balancer, 'shop', (view) => /3 times in a row/.test(view.problem));
    expect(problem).toMatch(/the last one: .*3.*The next one is started in \d+\.\d s\./);
    const problems = balancer.log.filter(({ msg }) => msg === 'scaling has a problem');
    expect(problems.length).toBeGreaterThanOrEqual(2);
    const failures = balancer.log.filter(({ msg }) => msg === 'a copy has failed');
    expect(failures).toHaveLength(3);
    // Traffic gets its answer, and the balancer is well.
    expect((await balancer.api('GET', '/api/v1/status')).status).toBe(200);
  });

  it('are not there for a command that does not exist, which is said', async () => {
    const scaling = processScaling({ min: 1 }, { command: '/no/such/command' });
    const balancer = await scalingBalancer(stage, configOf([service(scaling)], PROCESSES));
    const view = await scaled(balancer, 'shop', ({ problem }) => problem !== '');
    expect(view.problem).toContain('/no/such/command');
    expect(view).toMatchObject({ state: 'active', current: 0, ready: 0 });
  });

  it('are shown by the command line and the metrics, logged, and end with the balancer', async () => {
    const scaling = processScaling({ min: 2 });
    const balancer = await scalingBalancer(stage, configOf([service(scaling)], PROCESSES));
    const pids = await pidsOf(balancer, 2);
    const env = environmentOf(balancer);
    const { out } = await velocity(['scaling'], { env });
    expect(out).toMatch(
      /SERVICE +DRIVER +STATE +READY +WANTED +MIN +MAX +WHY\n *shop +process +active +2\/2 +2 +2 +10 /,
    );
    const one = await velocity(['scaling', 'shop'], { env });
    expect(one.out.match(/http:\/\/127\.0\.0\.1:\d+ +running/g)).toHaveLength(2);
    const json = await velocity(['scaling', 'shop', '--json'], { env });
    expect(JSON.parse(json.out)).toMatchObject({ service: 'shop', current: 2, ready: 2 });
    expect((await velocity(['scaling', 'shpo'], { env })).err).toContain('Did you mean shop?');

    const page = (await balancer.api<string>('GET', '/metrics')).body;
    for (const line of [
      'velocity_scaling_services 1',
      'velocity_scaling_active{service="shop"} 1',
      'velocity_scaling_ready{service="shop"} 2',
      'velocity_scaling_copies_total{service="shop",event="started"} 2',
    ]) {
      expect(page.split('\n')).toContain(line);
    }
    await eventually(async () => {
      const { body } = await balancer.api<{ items: { kind: string }[] }>(
        'GET',
        '/api/v1/scaling-logs?service=shop',
      );
      expect(body.items.map(({ kind }) => kind).toSorted()).toEqual(['decision', 'started', 'started']);
    });
    expect(await balancer.stop()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('are not started where the configuration does not name the driver, which is said', async () => {
    const named = await scalingBalancer(stage, configOf([], PROCESSES));
    const made = await named.api('POST', '/api/v1/services', service(processScaling({ min: 1 })));
    expect(made.status).toBe(201);
    const pids = await pidsOf(named, 1);
    await named.stop();
    const unnamed = await scalingBalancer(stage, configOf([], { log: PROCESSES.log }), { dir: named.dir });
    const view = await scaled(unnamed, 'shop', ({ state }) => state === 'off');
    expect(view.problem).toBe(
      'The configuration has no `drivers.process`: nothing may be started by it. Add it, and restart the balancer.',
    );
    expect(view.instances).toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('survive the balancer when it is killed, and are adopted by its next start', async () => {
    const scaling = processScaling({ min: 2, max: 2, interval: '1s' });
    const config = configOf([service(scaling)], PROCESSES);
    const first = await scalingBalancer(stage, config);
    const pids = await pidsOf(first, 2);
    await first.stop('SIGKILL');
    const second = await scalingBalancer(stage, config, { dir: first.dir });
    expect((await pidsOf(second, 2)).toSorted()).toEqual(pids.toSorted());
    await second.stop();
    await gone(pids);
  });

  it('are ended by the next start when the service is not scaled any more', async () => {
    const scaling = processScaling({ min: 2, max: 2, interval: '1s' });
    const first = await scalingBalancer(stage, configOf([service(scaling)], PROCESSES));
    const pids = await pidsOf(first, 2);
    await first.stop('SIGKILL');
    const other = { name: 'shop', backends: ['http://127.0.0.1:9'], health: { type: 'none' } };
    const second = await scalingBalancer(stage, configOf([other], PROCESSES), { dir: first.dir });
    await gone(pids);
    await eventually(async () => {
      const { body } = await second.api<{ items: { url: string }[] }>(
        'GET',
        '/api/v1/services/shop/backends',
      );
      expect(body.items.map(({ url }) => url)).toEqual(['http://127.0.0.1:9']);
    });
  });

  it('are drained and ended when scaling is taken out, and replaced one by one when the command changes', async () => {
    const scaling = processScaling({ min: 2, max: 2, interval: '1s' });
    const balancer = await scalingBalancer(stage, configOf([service(scaling)], PROCESSES));
    const pids = await pidsOf(balancer, 2);
    const end = new AbortController();
    let answered = 0;
    const load = runLoad({
      port: balancer.trafficPort,
      host: 'shop.test',
      path: '/slow/50',
      connections: 8,
      stop: end.signal,
      onAnswer: () => answered++,
    });
    const other = {
      ...scaling,
      process: { ...(scaling as { process: object }).process, env: { NAME: 'other' } },
    };
    const put = (body: object) => balancer.api('PUT', '/api/v1/services/shop', body);
    expect((await put(service(other))).status).toBe(200);
    await gone(pids);
    const others = await pidsOf(balancer, 2);
    const before = answered;
    await Observation.until(() => answered > before + 50, 'the load goes on');
    end.abort();
    const { statuses, errors } = await load;
    expect(errors).toEqual([]);
    expect(Object.keys(statuses)).toEqual(['200']);

    const { scaling: _, ...unscaled } = service(other);
    expect((await put(unscaled)).status).toBe(200);
    await gone(others);
    expect((await balancer.api('GET', '/api/v1/scaling/shop')).status).toBe(404);
  });
});
