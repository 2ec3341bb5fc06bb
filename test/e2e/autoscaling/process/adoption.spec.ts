import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessDriverConfig } from '../../../../src/common/config/scaling-config.js';
import type { Instance } from '../../../../src/modules/autoscaling/drivers/driver.js';
import { endOrphans, ProcessDriver } from '../../../../src/modules/autoscaling/drivers/process/index.js';
import { eventually } from '../../../support/eventually.js';
import { HTTP_SERVER, isGone, nodeSettings } from '../../../support/process-settings.js';
import { RecordingLog } from '../../../support/recording-log.js';
import { DriverOwner } from './driver-owner.js';

describe('processes of a balancer that is gone', () => {
  let folder: string;
  const owners: DriverOwner[] = [];
  const drivers: ProcessDriver[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'velocity-adoption-'));
  });

  afterEach(async () => {
    await Promise.all(drivers.splice(0).map((driver) => driver.close()));
    await Promise.all(owners.splice(0).map((owner) => owner.kill()));
    await endOrphans(folder, []);
    await rm(folder, { recursive: true, force: true });
  });

  function own(settings: ProcessDriverConfig, count: number, service = 'shop'): DriverOwner {
    const owner = new DriverOwner({ service, settings, folder, count });
    owners.push(owner);
    return owner;
  }

  function driverOf(settings: ProcessDriverConfig): ProcessDriver {
    const driver = new ProcessDriver({ service: 'shop', settings, folder, log: new RecordingLog() });
    drivers.push(driver);
    return driver;
  }

  async function pidOf({ url }: Instance): Promise<number> {
    return ((await (await fetch(url!)).json()) as { pid: number }).pid;
  }

  const pidsOf = async (all: readonly Instance[]) => (await Promise.all(all.map(pidOf))).sort();
  const ids = (all: readonly Instance[]) => all.map(({ id }) => id).sort();
  const entries = async (service = 'shop') =>
    (await readdir(path.join(folder, service)).catch(() => [])).filter((name) => name.endsWith('.json'));

  it('go on when it is killed, also when they write, and are adopted by the next one', async () => {
    const chatty = `setInterval(() => { console.log('still here'); console.error('x'.repeat(10_000)); }, 5); ${HTTP_SERVER}`;
    const settings = await nodeSettings(chatty, 6);
    const first = own(settings, 3);
    const before = await first.running(3);
    const pids = await pidsOf(before);
    await first.kill();
    expect(await pidsOf(before)).toEqual(pids);

    const second = own(settings, 4);
    const after = await second.running(4);
    expect(ids(after)).toEqual(expect.arrayContaining(ids(before)));
    expect(await pidsOf(before)).toEqual(pids);
    expect(await entries()).toHaveLength(4);
    const all = await pidsOf(after);
    await second.end('stop');
    expect(await Promise.all(all.map(isGone))).toEqual([true, true, true, true]);
    expect(await entries()).toEqual([]);
  });

  it('are noticed when they die later, though nobody is their parent', async () => {
    const settings = await nodeSettings(HTTP_SERVER, 2);
    const first = own(settings, 1);
    const [before] = await first.running(1);
    const pid = await pidOf(before!);
    await first.kill();
    const driver = driverOf(settings);
    expect(await driver.list()).toMatchObject([{ id: before!.id, state: 'running', url: before!.url }]);
    process.kill(pid, 'SIGKILL');
    await eventually(async () => {
      expect(await driver.list()).toMatchObject([
        { id: before!.id, state: 'failed', detail: expect.stringContaining('nobody knows how') },
      ]);
    });
  });

  it('are outdated when the settings are others, and only then', async () => {
    const settings = await nodeSettings(HTTP_SERVER, 4);
    const first = own(settings, 2);
    const pids = await pidsOf(await first.running(2));
    await first.kill();
    const second = own(
      { ...settings, stopMs: 5_000, ports: { ...settings.ports, to: settings.ports.to + 1 } },
      2,
    );
    expect(await pidsOf(await second.running(2))).toEqual(pids);
    await second.kill();
    const third = driverOf({ ...settings, env: { ...settings.env, GREETING: 'hello' } });
    const old = await third.list();
    expect(await pidsOf(old)).toEqual(pids);
    expect(old.map(({ isOutdated }) => isOutdated)).toEqual([true, true]);
    await third.start(1);
    const fresh = (await third.list()).filter(({ isOutdated }) => isOutdated !== true);
    expect(fresh).toHaveLength(1);
    await third.stop(ids(old));
    await eventually(async () => expect(await Promise.all(pids.map(isGone))).toEqual([true, true]));
    expect(ids(await third.list())).toEqual(ids(fresh));
  });

  it('that crashed meanwhile are cleared away with what they have left', async () => {
    const settings = await nodeSettings(
      `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
       const answer = JSON.stringify({ pid: process.pid, child: child.pid });
       require('node:http').createServer((_, response) => response.end(answer)).listen(process.env.PORT);`,
      2,
    );
    const first = own(settings, 1);
    const [one] = await first.running(1);
    const { pid, child } = (await (await fetch(one!.url!)).json()) as { pid: number; child: number };
    await first.kill();
    process.kill(pid, 'SIGKILL');
    await eventually(async () => expect(await isGone(pid)).toBe(true));
    expect(await isGone(child)).toBe(false);
    expect(await driverOf(settings).list()).toEqual([]);
    await eventually(async () => expect(await isGone(child)).toBe(true));
    await eventually(async () => expect(await entries()).toEqual([]));
  });

  it.each([
    [
      'before it could write down which process that is',
      (entry: object) => ({ ...entry, pid: null, started: null }),
    ],
    ['and left a ledger that cannot be read', () => 'torn'],
  ])('are found when it was killed %s', async (_, changed) => {
    const settings = await nodeSettings(HTTP_SERVER, 2);
    const first = own(settings, 1);
    const [one] = await first.running(1);
    const pid = await pidOf(one!);
    await first.kill();
    const file = path.join(folder, 'shop', `${one!.id}.json`);
    await writeFile(file, JSON.stringify(changed(JSON.parse(await readFile(file, 'utf8')) as object)));
    expect(await driverOf(settings).list()).toEqual([]);
    await eventually(async () => expect(await isGone(pid)).toBe(true));
    await eventually(async () => expect(await entries()).toEqual([]));
  });

  it('are not mistaken for another process that has their id now', async () => {
    const settings = await nodeSettings(HTTP_SERVER, 2);
    const first = own(settings, 1);
    const [one] = await first.running(1);
    await first.kill();
    const file = path.join(folder, 'shop', `${one!.id}.json`);
    const entry = JSON.parse(await readFile(file, 'utf8')) as { id: string; pid: number };
    // As if the process had ended and its id belonged to somebody else: an entry of another mark.
    const stranger = { ...entry, id: 'f'.repeat(16), started: 'boot-1' };
    await writeFile(path.join(folder, 'shop', `${stranger.id}.json`), JSON.stringify(stranger));
    const driver = driverOf(settings);
    expect(ids(await driver.list())).toEqual([one!.id]);
    await eventually(async () => expect(await entries()).toHaveLength(1));
    expect(await isGone(entry.pid)).toBe(false);
  });

  it('of services that are no more are ended; those of a living balancer stay', async () => {
    const [one, two] = await Promise.all([nodeSettings(HTTP_SERVER, 2), nodeSettings(HTTP_SERVER, 2)]);
    const gone = own(one, 1, 'gone');
    const living = own(two, 1, 'living');
    const [pid] = await pidsOf(await gone.running(1));
    const [stays] = await pidsOf(await living.running(1));
    expect(await endOrphans(folder, [])).toEqual([]);
    await gone.kill();
    expect(await endOrphans(folder, ['gone'])).toEqual([]);
    expect(await endOrphans(folder, ['shop'])).toEqual([{ service: 'gone', pid, port: one.ports.from }]);
    expect(await isGone(pid!)).toBe(true);
    expect(await isGone(stays!)).toBe(false);
    expect(await readdir(folder)).toEqual(['living']);
  });

  it('are handed over to one that waits already, and are not touched before', async () => {
    const settings = await nodeSettings(HTTP_SERVER, 4);
    const first = own(settings, 2);
    const before = await first.running(2);
    const pids = await pidsOf(before);
    const successor = driverOf(settings);
    expect(await successor.list()).toEqual([]);
    await first.end('hand over');
    await eventually(async () => expect(ids(await successor.list())).toEqual(ids(before)));
    expect(await pidsOf(await successor.list())).toEqual(pids);
    await successor.close();
    expect(await Promise.all(pids.map(isGone))).toEqual([true, true]);
  });

  it('change hands within one balancer: new settings start beside the old ones', async () => {
    const settings = await nodeSettings(HTTP_SERVER, 4);
    const old = driverOf(settings);
    await old.start(1);
    const changed = driverOf({ ...settings, env: { ...settings.env, GREETING: 'hello' } });
    expect(await changed.list()).toEqual([]);
    await changed.start(1);
    const [before] = await old.list();
    const [after] = await changed.list();
    expect(after!.id).not.toBe(before!.id);
    await eventually(async () => {
      expect([...(await old.list()), ...(await changed.list())].map(({ state }) => state)).toEqual([
        'running',
        'running',
      ]);
    });
    await old.stop([before!.id]);
    expect(await changed.list()).toMatchObject([{ id: after!.id, state: 'running' }]);
  });
});
