import { describe, expect, it } from 'vitest';
import { Stage, configOf, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { PROCESSES, processScaling, scalingBalancer, scaled } from '../../support/scaled.balancer.js';

const sleeping = () => ({
  name: 'shop',
  health: STEADY_HEALTH,
  queue: { size: 200, hold: '30s' },
  scaling: processScaling({
    min: 0,
    max: 5,
    idle: '2s',
    interval: '500ms',
    targets: { inFlight: 200 },
    down: { stabilisation: '0s' },
  }),
});

function starts(balancer: BalancerProcess): number {
  return balancer.log.filter(({ msg }) => msg === 'a copy takes requests').length;
}

/** Until all that was started has been told, and has gone. */
async function asleep(balancer: BalancerProcess): Promise<void> {
  await balancer.logged(({ msg }) => msg === 'a copy takes requests');
  await scaled(balancer, 'shop', ({ current, instances }) => current === 0 && instances.length === 0);
}

describe('a service of which nothing runs', () => {
  const stage = new Stage();

  it('lets the first request wait until a copy is there, and sleeps again when nobody comes', async () => {
    const balancer = await scalingBalancer(stage, configOf([sleeping()], PROCESSES));
    await scaled(
      balancer,
      'shop',
      ({ state, desired, instances }) => state === 'active' && desired === 0 && instances.length === 0,
    );
    const response = await fetch(`http://127.0.0.1:${balancer.trafficPort}/status/201`);
    expect(response.status).toBe(201);
    await response.arrayBuffer();
    await asleep(balancer);
    expect(starts(balancer)).toBe(1);
  });

  it('starts one copy for a hundred first requests', async () => {
    const balancer = await scalingBalancer(stage, configOf([sleeping()], PROCESSES));
    await scaled(balancer, 'shop', ({ state }) => state === 'active');
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const response = await fetch(`http://127.0.0.1:${balancer.trafficPort}/slow/50`);
        await response.arrayBuffer();
        return response.status;
      }),
    );
    expect(answers).toEqual(Array(100).fill(200));
    await asleep(balancer);
    expect(starts(balancer)).toBe(1);
  });
});
