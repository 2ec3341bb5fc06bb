import { describe, expect, it, onTestFinished } from 'vitest';
import { FleetStage, SETTINGS } from '../../../../test/support/fleet.stage.js';
import { Observation } from '../../../../test/support/observation.js';
import { VelocityError } from '../../../common/errors/index.js';

function staged(settings: Partial<typeof SETTINGS> = {}): FleetStage {
  const stage = new FleetStage(settings);
  onTestFinished(() => stage.fleet.close(false));
  return stage;
}

async function running(stage: FleetStage, count: number): Promise<void> {
  stage.fleet.run();
  stage.fleet.want(count);
  await Observation.until(() => stage.serving.length === count, `${count} serve`);
}

/** Long enough for a copy to be ended, if nothing kept the fleet from it. */
async function emptyFor(stage: FleetStage): Promise<void> {
  for await (const _ of Observation.every(50, 10)) expect(stage.driver.stopped).toEqual([]);
}

describe('a fleet', () => {
  it('starts as many as it is told, and each becomes a backend', async () => {
    const stage = staged();
    await running(stage, 3);
    expect(stage.driver.started).toEqual([3]);
    expect(stage.backends.map(({ source }) => source)).toEqual(['scaling', 'scaling', 'scaling']);
    await Observation.until(() => stage.records.length === 3, 'three are told of');
    expect(stage.kinds()).toEqual(['started', 'started', 'started']);
  });

  it('drains first, ends what is empty, and then takes the backend away', async () => {
    const stage = staged();
    await running(stage, 2);
    const [busy, idle] = stage.serving as [string, string];
    stage.inFlight.set(busy, 3);
    stage.inFlight.set(idle, 1);
    stage.fleet.want(1);
    await Observation.until(() => stage.serving.length === 1, 'one is drained');
    // The one with the least to finish.
    expect(stage.serving).toEqual([busy]);
    expect(stage.backends.find(({ url }) => url === idle)?.state).toBe('draining');
    expect(stage.driver.stopped).toEqual([]);
    stage.inFlight.set(idle, 0);
    await Observation.until(() => stage.backends.length === 1, 'it is gone');
    expect(stage.driver.stopped).toHaveLength(1);
    expect(stage.records.at(-1)).toMatchObject({ kind: 'stopped', backend: `id-${idle}` });
  });

  it('ends a copy only when the other balancers have nothing there, and know that it drains', async () => {
    const stage = staged();
    await running(stage, 2);
    stage.others.settled = stage.revisions.length;
    const [busy, idle] = stage.serving as [string, string];
    stage.inFlight.set(idle, 1);
    stage.others.inFlight.set(`id-${busy}`, 2);
    stage.fleet.want(1);
    await Observation.until(() => stage.serving.length === 1, 'one is drained');
    // The one with the least to finish over all balancers.
    expect(stage.serving).toEqual([busy]);
    const drainedIn = stage.revisions.length;
    stage.inFlight.set(idle, 0);
    stage.others.inFlight.set(`id-${idle}`, 1);
    await emptyFor(stage);
    stage.others.inFlight.set(`id-${idle}`, 0);
    await emptyFor(stage);
    expect(stage.driver.stopped).toEqual([]);
    stage.others.settled = drainedIn;
    await Observation.until(() => stage.backends.length === 1, 'it is gone');
    expect(stage.driver.stopped).toHaveLength(1);
  });

  it('ends after the time to drain what is not empty then', async () => {
    const stage = staged({ drainMs: 200 });
    await running(stage, 1);
    stage.inFlight.set(stage.serving[0]!, 2);
    stage.fleet.want(0);
    await Observation.until(() => stage.backends.length === 0, 'it is gone all the same');
    expect(stage.records.at(-1)).toMatchObject({
      kind: 'stopped',
      reason: 'Ended after 0.2 s of draining, with 2 in flight.',
    });
  });

  it('takes one back that drains when it is needed again', async () => {
    const stage = staged();
    await running(stage, 2);
    for (const url of stage.serving) stage.inFlight.set(url, 1);
    stage.fleet.want(1);
    await Observation.until(() => stage.serving.length === 1, 'one is drained');
    stage.fleet.want(2);
    await Observation.until(() => stage.serving.length === 2, 'it is back');
    expect(stage.driver.started).toEqual([2]);
    expect(stage.driver.stopped).toEqual([]);
  });

  it('replaces one that has died, and takes its backend away at once', async () => {
    const stage = staged();
    await running(stage, 2);
    const [first] = stage.serving as [string];
    stage.driver.change('copy-1', { state: 'failed', detail: 'ended by SIGKILL' });
    await Observation.until(() => stage.driver.started.length === 2, 'another one is started');
    await Observation.until(() => stage.serving.length === 2 && !stage.serving.includes(first), 'it serves');
    expect(stage.records).toContainEqual(
      expect.objectContaining({ kind: 'failed', instance: 'copy-1', reason: 'ended by SIGKILL.' }),
    );
  });

  it('takes the backend of one that has died away at once also while others are being started', async () => {
    const stage = staged();
    await running(stage, 2);
    const { promise, resolve } = Promise.withResolvers<void>();
    stage.driver.slowness = promise;
    stage.fleet.want(3);
    await Observation.until(
      () => stage.serving.length === 3,
      'one more serves, though its start is not over',
    );
    stage.driver.change('copy-1', { state: 'failed', detail: 'ended by SIGKILL' });
    await Observation.until(() => stage.backends.length === 2, 'its backend is gone');
    expect(stage.driver.started).toEqual([2, 1]);
    resolve();
    await Observation.until(() => stage.serving.length === 3, 'it is replaced');
    expect(stage.driver.started).toEqual([2, 1, 1]);
  });

  it('backs off when copies die again and again, and says so', async () => {
    const stage = staged();
    await running(stage, 1);
    stage.driver.lose('copy-1');
    await Observation.until(() => stage.driver.started.length === 2, 'the first one is replaced at once');
    await Observation.until(() => stage.serving.length === 1, 'it serves');
    stage.driver.change('copy-2', { state: 'failed', detail: 'exited with 1' });
    await Observation.until(() => stage.fleet.problem !== '', 'a problem');
    expect(stage.fleet.problem).toMatch(
      /^Copies end soon after their start, 2 times in a row now, the last one: exited with 1\. The next one is started in \d\.\d s\.$/,
    );
    expect(stage.driver.started).toEqual([1, 1]);
    expect(stage.records.at(-1)).toMatchObject({ kind: 'problem', reason: stage.fleet.problem });
    await Observation.until(() => stage.driver.started.length === 3, 'it is tried again');
  });

  it('ends one that does not become ready in time', async () => {
    const stage = staged({ startMs: 100 });
    stage.unavailable.add('http://127.0.0.1:9201');
    stage.fleet.run();
    stage.fleet.want(1);
    await Observation.until(() => stage.driver.started.length === 2, 'another one is started');
    await Observation.until(() => stage.driver.stopped.length > 0, 'the first one is ended');
    expect(stage.driver.stopped[0]).toBe('copy-1');
    expect(stage.records[0]).toMatchObject({
      kind: 'failed',
      instance: 'copy-1',
      reason: 'not ready 0.1 s after its start.',
    });
  });

  it('adopts what is there, and removes backends without a copy', async () => {
    const stage = staged();
    stage.driver.put({});
    stage.put({ url: 'http://127.0.0.1:9201', source: 'scaling' });
    stage.put({ url: 'http://127.0.0.1:9999', source: 'scaling' });
    stage.put({ url: 'http://127.0.0.1:8888' });
    stage.fleet.run();
    await Observation.until(() => stage.backends.length === 2, 'the dead one is gone');
    expect(stage.backends.map(({ url }) => url)).toEqual(['http://127.0.0.1:9201', 'http://127.0.0.1:8888']);
    await Observation.until(() => stage.records.length > 0, 'it is told');
    expect(stage.records[0]).toMatchObject({ kind: 'started', reason: 'Was there already, and is adopted.' });
    expect(stage.driver.started).toEqual([]);
  });

  it('leaves a backend alone that somebody has typed in', async () => {
    const stage = staged();
    stage.put({ url: 'http://127.0.0.1:9201' });
    stage.fleet.run();
    stage.fleet.want(1);
    await Observation.until(() => stage.fleet.problem !== '', 'a problem');
    expect(stage.fleet.problem).toContain('http://127.0.0.1:9201 is there already');
    stage.fleet.want(0);
    await Observation.until(() => stage.driver.stopped.length === 1, 'the copy is ended');
    expect(stage.backends).toEqual([
      { id: 'id-http://127.0.0.1:9201', url: 'http://127.0.0.1:9201', source: null, state: 'enabled' },
    ]);
    expect(stage.revisions).toEqual([]);
  });

  it('takes nothing away while its driver is away, and goes on when it is back', async () => {
    const stage = staged();
    await running(stage, 2);
    stage.driver.failures.list = new VelocityError('DRIVER_UNAVAILABLE', 'the engine does not answer');
    stage.driver.lose('copy-1');
    await Observation.until(() => stage.fleet.problem !== '', 'a problem');
    expect(stage.fleet.problem).toBe('The docker driver: the engine does not answer.');
    expect(stage.serving).toHaveLength(2);
    delete stage.driver.failures.list;
    await Observation.until(() => stage.driver.started.length === 2, 'what was lost is replaced');
    expect(stage.fleet.problem).toBe('');
    const problems = stage.records.filter(({ kind }) => kind === 'problem').map(({ reason }) => reason);
    expect(problems).toEqual(['The docker driver: the engine does not answer.', '']);
  });

  it('says what keeps it from starting, and tries again', async () => {
    const stage = staged();
    stage.driver.failures.start = new VelocityError('DRIVER_REFUSED', 'there is no command nod');
    stage.fleet.run();
    stage.fleet.want(1);
    await Observation.until(() => stage.fleet.problem !== '', 'a problem');
    expect(stage.fleet.problem).toBe('No copy can be started: there is no command nod.');
    delete stage.driver.failures.start;
    await Observation.until(() => stage.serving.length === 1, 'it starts after all');
    expect(stage.fleet.problem).toBe('');
  });

  it('says that the registry takes no change, and tries again', async () => {
    const stage = staged();
    stage.failure = new VelocityError('STORE_UNAVAILABLE', 'the store is away');
    stage.fleet.run();
    stage.fleet.want(1);
    await Observation.until(() => stage.fleet.problem !== '', 'a problem');
    expect(stage.fleet.problem).toBe('The registry takes no change: the store is away.');
    stage.failure = null;
    await Observation.until(() => stage.serving.length === 1, 'the copy becomes a backend');
    expect(stage.driver.started).toEqual([1]);
  });

  it('replaces copies of other settings one by one, and never has fewer', async () => {
    const stage = staged();
    await running(stage, 3);
    let fewest = 3;
    let most = 3;
    const source = {
      driver: 'kubernetes',
      namespace: null,
      deployment: 'other',
      service: 'x',
      port: null,
    } as const;
    stage.fleet.reconfigure({ ...SETTINGS, source }, true);
    await Observation.until(() => {
      const { length } = stage.serving;
      fewest = Math.min(fewest, length);
      most = Math.max(most, length);
      return stage.serving.every((url) => url > 'http://127.0.0.1:9300') && stage.backends.length === 3;
    }, 'all are new');
    expect([fewest, most]).toEqual([3, 4]);
    expect(stage.driver.stopped.toSorted()).toEqual(['copy-1', 'copy-2', 'copy-3']);
    await Observation.until(() => stage.driver.isClosed, 'the former driver is closed');
  });

  it('drains and ends all when the service is not scaled any more', async () => {
    const stage = staged();
    await running(stage, 2);
    const [busy] = stage.serving as [string];
    stage.inFlight.set(busy, 1);
    let isRetired = false;
    void stage.fleet.retire().then(() => (isRetired = true));
    await Observation.until(() => stage.backends.length === 1, 'the idle one is gone');
    expect(isRetired).toBe(false);
    stage.inFlight.set(busy, 0);
    await Observation.until(() => isRetired, 'nothing is left');
    expect(stage.backends).toEqual([]);
    expect(stage.driver.isClosed).toBe(true);
  });

  it('does nothing while it is paused', async () => {
    const stage = staged();
    await running(stage, 1);
    await stage.fleet.pause();
    expect(stage.driver.isClosed).toBe(true);
    stage.driver.lose('copy-1');
    stage.fleet.want(4);
    await Observation.turns(50);
    expect(stage.driver.started).toEqual([1]);
    expect(stage.serving).toHaveLength(1);
  });
});
