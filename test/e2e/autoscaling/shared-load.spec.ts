import { afterAll, describe, expect, it } from 'vitest';
import { announcements } from '../../support/announcements.js';
import { Stage, configOf, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { eventually } from '../../support/eventually.js';
import { HeldRequest } from '../../support/held.request.js';
import { runLoad } from '../../support/load.js';
import {
  decisionsOf,
  PROCESSES,
  processScaling,
  scalingBalancer,
  scaled,
  scalingOf,
} from '../../support/scaled.balancer.js';
import { mongodbStorage, sqliteStorage } from '../../support/stores.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const HOST = 'shop.test';
/** How many clients there are at each balancer, and how many a copy is to have. */
const CLIENTS = 10;
const TARGET = 5;
/** So often it says that it is there, at least, before the test believes that nothing more comes of it. */
const ANNOUNCEMENTS = 3;

function serviceOf(scaling: object) {
  return {
    name: 'shop',
    algorithm: 'round-robin',
    health: STEADY_HEALTH,
    queue: { size: 500, hold: '30s' },
    scaling: processScaling({ interval: '500ms', drain: '120s', down: { stabilisation: '0s' }, ...scaling }),
  };
}

describe.each(kinds.filter((kind) => kind.available))('balancers on one $name', (kind) => {
  const stage = new Stage();

  /** The one that decides, and another one. */
  async function two(service: object): Promise<[BalancerProcess, BalancerProcess]> {
    const config = configOf([service], { ...PROCESSES, storage: kind.fresh(), workers: 1 });
    const first = await scalingBalancer(stage, config);
    await scaled(first, 'shop', ({ state }) => state === 'active');
    const second = await scalingBalancer(stage, config);
    await scaled(second, 'shop', ({ state }) => state === 'standby');
    return [first, second];
  }

  it('have as many copies as the load of all needs, whoever decides', async () => {
    const balancers = await two(serviceOf({ max: 6, targets: { inFlight: TARGET, p95: '60s' } }));
    const [first, second] = balancers;
    await scaled(second, 'shop', ({ ready }) => ready === 1);
    const end = new AbortController();
    const loadAt = ({ trafficPort: port }: BalancerProcess) =>
      runLoad({ port, host: HOST, path: '/slow/400', connections: CLIENTS, stop: end.signal });
    const loads = [loadAt(second)];
    // The one that decides has no request at all.
    await scaled(first, 'shop', ({ ready, desired }) => desired === 2 && ready === 2);
    loads.push(loadAt(first));
    await scaled(first, 'shop', ({ ready, desired }) => desired === 4 && ready === 4);
    const seen = await eventually(async () => {
      const { observation } = decisionsOf(first, 'shop').at(-1)!;
      const { inFlight, p95Ms, requestsPerSecond } = observation.metrics;
      if (p95Ms === null || inFlight! < 2 * CLIENTS - TARGET) throw new Error(JSON.stringify(observation));
      return { p95Ms, requestsPerSecond: requestsPerSecond! };
    });
    expect(seen.p95Ms).toBeGreaterThan(300);
    // Each client is answered about every 400 ms.
    expect(seen.requestsPerSecond).toBeGreaterThan(CLIENTS * 2.5 * 0.5);
    expect(decisionsOf(second, 'shop')).toEqual([]);
    end.abort();
    for (const { statuses, errors } of await Promise.all(loads)) {
      expect(errors).toEqual([]);
      expect(Object.keys(statuses)).toEqual(['200']);
    }
    await scaled(first, 'shop', ({ current, instances }) => current === 1 && instances.length === 1);
  }, 180_000);

  it('end a copy only when none of them has a request there', async () => {
    const service = serviceOf({ min: 0, max: 2, idle: '1h', targets: { inFlight: 1 } });
    const [first, second] = await two(service);
    const [one, other] = await Promise.all([
      HeldRequest.begin(second.trafficPort, HOST),
      HeldRequest.begin(second.trafficPort, HOST),
    ]);
    for (const balancer of [first, second]) await scaled(balancer, 'shop', ({ ready }) => ready === 2);
    // Both may be where the first copy was alone: now there is at least one at each.
    const third = await HeldRequest.begin(second.trafficPort, HOST);
    const fourth = await HeldRequest.begin(second.trafficPort, HOST);
    const fewer = { ...service, scaling: { ...service.scaling, max: 1 } };
    expect((await first.api('PUT', '/api/v1/services/shop', fewer)).status).toBe(200);

    const drains = await scaled(first, 'shop', ({ instances }) => instances.some((each) => each.isDraining));
    await announcements(second, ANNOUNCEMENTS);
    const still = await scalingOf(first, 'shop');
    expect(still.instances.map(({ id, state }) => ({ id, state }))).toEqual(
      drains.instances.map(({ id }) => ({ id, state: 'running' })),
    );
    for (const held of [one, other, third, fourth]) expect(await held.finish()).toBe('first last');
    await scaled(first, 'shop', ({ instances }) => instances.length === 1 && !instances[0]!.isDraining);
  }, 180_000);

  it('wake a service for a request that waits at any of them', async () => {
    const [first, second] = await two(serviceOf({ min: 0, idle: '3s', targets: { inFlight: 100 } }));
    await scaled(first, 'shop', ({ desired, instances }) => desired === 0 && instances.length === 0);
    const response = await fetch(`http://127.0.0.1:${second.trafficPort}/status/201`);
    expect(response.status).toBe(201);
    await response.arrayBuffer();
    await scaled(first, 'shop', ({ current, instances }) => current === 0 && instances.length === 0);
  }, 120_000);
});
