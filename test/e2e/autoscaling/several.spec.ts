import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Stage, configOf, STEADY_HEALTH } from '../../support/balanced.js';
import { eventually } from '../../support/eventually.js';
import { runLoad } from '../../support/load.js';
import { Observation } from '../../support/observation.js';
import {
  isRunning,
  PROCESSES,
  pidAt,
  processScaling,
  scalingBalancer,
  scaled,
  type ScalingView,
} from '../../support/scaled.balancer.js';

const service = () => ({
  name: 'shop',
  health: STEADY_HEALTH,
  queue: { size: 500, hold: '30s' },
  scaling: processScaling({ min: 2, max: 2, interval: '1s' }),
});

const bothRun = ({ state, ready, instances }: ScalingView) =>
  state === 'active' && ready === 2 && instances.length === 2;

const pidsIn = ({ instances }: ScalingView) => Promise.all(instances.map(({ url }) => pidAt(url!)));

describe('of several balancers', () => {
  const stage = new Stage();

  it('one decides, and another one goes on when it is killed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'velocity-shared-'));
    stage.ends(() => rm(folder, { recursive: true, force: true }));
    const storage = { driver: 'sqlite', path: path.join(folder, 'velocity.db') };
    const config = configOf([service()], { ...PROCESSES, storage, workers: 1 });
    const first = await scalingBalancer(stage, config);
    const view = await scaled(first, 'shop', bothRun);
    const pids = await pidsIn(view);
    const second = await scalingBalancer(stage, config);
    await scaled(second, 'shop', ({ state, ready }) => state === 'standby' && ready === 2);
    expect(await scaled(first, 'shop', bothRun)).toMatchObject({ state: 'active' });

    await first.stop('SIGKILL');
    // Another folder: it knows nothing of those of the first one, and starts its own.
    const own = await scaled(second, 'shop', bothRun);
    for (const pid of await pidsIn(own)) expect(pids).not.toContain(pid);
    const { body } = await second.api<{ items: { url: string }[] }>('GET', '/api/v1/services/shop/backends');
    expect(body.items.map(({ url }) => url).toSorted()).toEqual(
      own.instances.map(({ url }) => url!).toSorted(),
    );

    // What the first one has left is ended by its next start: nobody sends anything there any more.
    const again = await scalingBalancer(stage, config, { dir: first.dir });
    await eventually(async () => expect(pids.filter(isRunning)).toEqual([]), 60_000);
    await scaled(again, 'shop', ({ state, ready }) => state === 'standby' && ready === 2);
    await second.stop();
    await scaled(again, 'shop', bothRun);
  }, 180_000);

  it('one that takes over adopts what the one before has started, under load', async () => {
    const config = configOf([service()], PROCESSES);
    const first = await scalingBalancer(stage, config);
    const pids = await pidsIn(await scaled(first, 'shop', bothRun));
    const end = new AbortController();
    let answered = 0;
    const load = runLoad({
      port: first.trafficPort,
      host: 'shop.test',
      path: '/slow/20',
      connections: 8,
      stop: end.signal,
      onAnswer: () => answered++,
    });
    await Observation.until(() => answered > 50, 'the load runs');
    const second = await scalingBalancer(stage, config, { dir: first.dir, args: ['--takeover'] });
    expect(await first.exited).toBe(0);
    const view = await scaled(second, 'shop', bothRun);
    expect((await pidsIn(view)).toSorted()).toEqual(pids.toSorted());
    const before = answered;
    await Observation.until(() => answered > before + 100, 'the load goes on');
    end.abort();
    const { statuses, errors } = await load;
    expect(errors).toEqual([]);
    expect(Object.keys(statuses)).toEqual(['200']);
    await second.stop();
    await eventually(async () => expect(pids.filter(isRunning)).toEqual([]));
  }, 120_000);
});
