import { describe, expect, it } from 'vitest';
import { simulate, simulateDecisions, traceOf } from '../../../src/modules/autoscaling/simulation/index.js';
import type { SimulatedSettings } from '../../../src/modules/autoscaling/simulation/index.js';
import { Stage, configOf, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { Clients } from '../../support/clients.js';
import { Observation } from '../../support/observation.js';
import {
  decisionsOf,
  type LoggedDecision,
  PROCESSES,
  processScaling,
  scalingBalancer,
  scaled,
} from '../../support/scaled.balancer.js';

const INTERVAL_MS = 4_000;
/** So long the load stays as it is: five minutes with VELOCITY_STEADY_SECONDS=300. */
const STEADY_MS = Number(process.env['VELOCITY_STEADY_SECONDS'] ?? 30) * 1_000;
const TARGET = 50;
/** Long enough for clients of a busy machine to be nearly always waiting for an answer. */
const SERVICE_MS = 2_000;
const LOW = 10;
const HIGH = 500;
const GROUPS = 10;
/** With what the tolerance lets pass. */
const ENOUGH = HIGH / TARGET - 1;

const SCALING = {
  min: 1,
  max: 20,
  targets: { inFlight: TARGET },
  interval: `${INTERVAL_MS / 1_000}s`,
  down: { stabilisation: '8s', step: [1, '100%'] },
};

/** The same as the balancer has them, defaults filled in. */
const SETTINGS: SimulatedSettings = {
  min: 1,
  max: 20,
  targets: { inFlight: TARGET },
  intervalMs: INTERVAL_MS,
  tolerance: 0.1,
  up: { stabilisationMs: 0, cooldownMs: 0, stepCount: null, stepShare: null },
  down: { stabilisationMs: 8_000, cooldownMs: 0, stepCount: 1, stepShare: 1 },
  idleMs: null,
  drainMs: 20_000,
  schedules: [],
};

async function decisionsAfter(
  balancer: BalancerProcess,
  time: number,
  count: number,
): Promise<readonly LoggedDecision[]> {
  const later = () => decisionsOf(balancer, 'shop').filter(({ decision }) => decision.time > time);
  await Observation.until(() => later().length >= count, `${count} decisions`, 30_000 + count * INTERVAL_MS);
  return later();
}

function agree(live: readonly LoggedDecision[]): void {
  const observations = live.map(({ observation }) => observation);
  const wanted = live.map(({ decision }) => decision.desired);
  const replayed = simulateDecisions(SETTINGS, observations).map(({ desired }) => desired);
  expect(apart(replayed, wanted), `replayed ${replayed.join(' ')}, live ${wanted.join(' ')}`).toEqual([]);

  const points = observations.map(({ metrics }, index) => ({
    atMs: index * INTERVAL_MS,
    value: metrics.inFlight ?? 0,
  }));
  const model = {
    serviceMs: SERVICE_MS,
    startMs: 1_500,
    maxInFlight: null,
    queue: { size: null, timeoutMs: null, holdMs: null },
  };
  const { decisions } = simulate({
    settings: SETTINGS,
    model,
    trace: traceOf('inFlight', points),
    startedAt: 0,
    first: observations[0]!.current,
  });
  const simulated = decisions.map(({ desired }) => desired);
  expect(apart(simulated, wanted), `simulated ${simulated.join(' ')}, live ${wanted.join(' ')}`).toEqual([]);
}

/** Places at which two courses differ by more than one. */
function apart(some: readonly number[], others: readonly number[]): number[] {
  return others.flatMap((count, index) => (Math.abs(count - (some[index] ?? Infinity)) > 1 ? [index] : []));
}

describe('a service under a load that jumps', () => {
  const stage = new Stage();

  it(
    'has the copies that it needs two decisions later, keeps them, gives them back, and fails no request',
    async () => {
      const service = {
        name: 'shop',
        algorithm: 'least-connections',
        health: STEADY_HEALTH,
        queue: { size: 1_000, hold: '30s' },
        scaling: processScaling(SCALING),
      };
      const balancer = await scalingBalancer(stage, configOf([service], PROCESSES));
      await scaled(balancer, 'shop', ({ ready }) => ready === 1);

      const clients = (connections: number) =>
        new Clients({
          port: balancer.trafficPort,
          host: 'shop.test',
          connections,
          serviceMs: SERVICE_MS,
          groups: GROUPS,
        });
      const few = clients(LOW);
      await few.goOn(LOW);
      const many = clients(HIGH - LOW);
      await many.goOn(1);
      const [, second] = await decisionsAfter(balancer, Date.now(), 2);
      expect(second!.decision.desired).toBeGreaterThanOrEqual(ENOUGH);
      const { current } = await scaled(
        balancer,
        'shop',
        (view) => view.current >= ENOUGH && view.ready === view.current,
      );
      expect(current).toBeLessThanOrEqual(HIGH / TARGET);

      const steady = await decisionsAfter(balancer, Date.now(), Math.ceil(STEADY_MS / INTERVAL_MS));
      const changes = steady.filter(({ decision: { current, desired } }) => current !== desired);
      expect(changes.length, JSON.stringify(changes.map(({ decision }) => decision))).toBeLessThanOrEqual(1);

      expect(await many.failures()).toEqual([]);
      await scaled(
        balancer,
        'shop',
        ({ current, instances }) => current === 1 && instances.length === 1,
        120_000,
      );
      expect(await few.failures()).toEqual([]);
      agree(decisionsOf(balancer, 'shop'));
    },
    STEADY_MS + 300_000,
  );
});
