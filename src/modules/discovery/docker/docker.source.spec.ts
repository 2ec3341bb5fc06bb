import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineClient } from '../../../common/docker/index.js';
import { eventually } from '../../../../test/support/eventually.js';
import { FakeDockerEngine } from '../../../../test/support/fake-docker.engine.js';
import type { Findings } from '../found.js';
import { DockerSource } from './docker.source.js';

const SHOP = { 'velocity.service': 'shop' };

describe('the docker source', () => {
  let engine: FakeDockerEngine;
  let source: DockerSource;
  let told: Findings[];

  beforeEach(async () => {
    engine = await FakeDockerEngine.start();
    const client = new EngineClient({ socketPath: engine.socketPath });
    source = new DockerSource(client, { network: 'web', prefersPublished: false });
    told = [];
  });

  afterEach(async () => {
    await source.stop();
    await engine.stop();
  });

  const isTold = (check: (findings: Findings) => void) =>
    eventually(async () => {
      expect(told.length).toBeGreaterThan(0);
      check(told.at(-1)!);
    });
  const follow = async () => {
    source.start((findings) => told.push(findings));
    await isTold(() => undefined);
  };
  const backends = (count: number) => isTold((findings) => expect(findings.backends).toHaveLength(count));

  it('tells what is there, what comes and what goes', async () => {
    engine.add({ labels: SHOP });
    engine.add({ labels: { team: 'shop' } });
    engine.add({ labels: SHOP, state: 'exited' });
    await follow();
    await backends(1);
    const second = engine.add({ labels: SHOP });
    await backends(2);
    engine.setHealth(second, 'unhealthy');
    await backends(1);
    engine.setHealth(second, 'healthy');
    await backends(2);
    engine.die(second);
    await backends(1);
    expect(source.problem()).toBe('');
  });

  it('believes that one has died before the list knows, and that it is there again when it has started', async () => {
    const one = engine.add({ labels: SHOP });
    await follow();
    await backends(1);
    engine.tell(one, 'die');
    await backends(0);
    engine.tell(one, 'start');
    await backends(1);
    expect(source.problem()).toBe('');
  });

  it('tells at once that nothing is there', async () => {
    await follow();
    expect(told).toEqual([{ backends: [], services: [], problems: [] }]);
  });

  it('keeps what it knows while the engine is away, and looks again when it is back', async () => {
    const container = engine.add({ labels: SHOP });
    await follow();
    await backends(1);
    await engine.down();
    await eventually(async () => expect(source.problem()).toMatch(/docker\.sock is away/));
    engine.die(container);
    engine.add({ labels: SHOP });
    engine.add({ labels: SHOP });
    expect(told).toHaveLength(1);
    await engine.up();
    await backends(2);
    expect(source.problem()).toBe('');
    expect(told).toHaveLength(2);
  });

  it('says why the engine does not list, and looks again', async () => {
    engine.add({ labels: SHOP });
    engine.refusals.set('GET /containers/json', { status: 403, message: 'Forbidden' });
    source.start((findings) => told.push(findings));
    await eventually(async () => expect(source.problem()).toMatch(/cannot be listed: Forbidden \(a proxy/));
    await backends(1);
    expect(source.problem()).toBe('');
  });

  it('does not look for what is none of its business', async () => {
    engine.add({ labels: SHOP });
    await follow();
    const looks = engine.count('GET /containers/json');
    for (let i = 0; i < 20; i++) engine.die(engine.add({ labels: { team: 'shop' } }));
    engine.die(engine.add({ labels: { ...SHOP, 'velocity.managed': 'a/shop' } }));
    // The stream is in order: what was before this one was seen.
    engine.add({ labels: SHOP });
    await backends(2);
    expect(engine.count('GET /containers/json')).toBe(looks + 1);
  });

  it('takes the events of 500 containers in a few looks', async () => {
    await follow();
    const before = engine.count('GET /containers/json');
    const started = performance.now();
    const containers = Array.from({ length: 500 }, () => engine.add({ labels: SHOP }));
    for (const container of containers) engine.setHealth(container, 'starting');
    for (const container of containers) engine.setHealth(container, 'healthy');
    await backends(500);
    process.stdout.write(`500 labelled containers: ${Math.round(performance.now() - started)} ms\n`);
    for (const container of containers) engine.die(container);
    await backends(0);
    // The bursts are written at once: each is gathered, however slow this machine reads it.
    expect(engine.count('GET /containers/json') - before).toBeLessThanOrEqual(10);
    expect(told.length).toBeLessThanOrEqual(11);
  });
});
