/*
 * Autoscaling and discovery on the real thing, with processes and sockets on loopback:
 *   npm run bench -- autoscaling [--only step,kill,wake,events] [--target 50] [--interval 5] [--steady 60] [--rounds 5]
 * step    the load jumps from 10 to 500 in flight, stays for so many seconds, and goes back
 * kill    kill -9 of a managed process under load, until it is noticed and until another one serves
 * wake    100 first requests at the same time of a service of which nothing runs
 * events  500 labelled containers appear at once on a replayed engine, until the API shows them as backends
 * Takes about three minutes.
 */
import { parseArgs } from 'node:util';
import type { BalancerProcess } from '../test/support/balancer-process.js';
import { Clients } from '../test/support/clients.js';
import { eventually } from '../test/support/eventually.js';
import { FakeDockerEngine } from '../test/support/fake-docker.engine.js';
import { Observation } from '../test/support/observation.js';
import { decisionsOf, pidAt, processScaling, scaled, type ScalingView } from '../test/support/scaled.view.js';
import { chosen } from './support/options.js';
import { withBalancer } from './support/scaled-balancer.js';
import { openSite, runToEnd } from './support/site.js';
import { median } from './support/statistics.js';

const PARTS = ['step', 'kill', 'wake', 'events'] as const;
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    target: { type: 'string', default: '50' },
    interval: { type: 'string', default: '5' },
    steady: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
  },
});
const TARGET = Number(values.target);
const INTERVAL_MS = Number(values.interval) * 1_000;
const STEADY_MS = Number(values.steady) * 1_000;
const ROUNDS = Number(values.rounds);
const HOST = 'shop.test';
const LOW = 10;
const HIGH = 500;
const GROUPS = 10;
/** Long enough for clients of a busy machine to be nearly always waiting for an answer. */
const SERVICE_MS = 2_000;
/** In place of the five minutes that are the default: so long nobody wants to wait here. */
const DOWN = { stabilisation: '10s' };
const DEADLINE_MS = 120_000;
const CONTAINERS = 500;
const FIRST_REQUESTS = 100;

const site = openSite({ rounds: 1, seconds: 1, out: '', dist: '', pinned: false, only: [] });

function shop(scaling: object): object {
  return {
    name: 'shop',
    algorithm: 'least-connections',
    health: { type: 'http', path: '/health', interval: '5s', timeout: '4s', rise: 1, fall: 5 },
    queue: { size: 1_000, hold: '30s' },
    scaling,
  };
}

function clients(balancer: BalancerProcess, connections: number): Clients {
  const { trafficPort: port } = balancer;
  return new Clients({ port, host: HOST, connections, serviceMs: SERVICE_MS, groups: GROUPS });
}

const is = (balancer: BalancerProcess, fits: (view: ScalingView) => boolean) =>
  scaled(balancer, 'shop', fits, DEADLINE_MS);

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

async function measureStep(): Promise<void> {
  // As many as the tolerance of 10% lets pass.
  const enough = Math.ceil(HIGH / TARGET / 1.1);
  const max = Math.ceil((2 * HIGH) / TARGET);
  const scaling = { min: 1, max, targets: { inFlight: TARGET }, interval: `${values.interval}s`, down: DOWN };
  await withBalancer(site, [shop(processScaling(scaling))], async (balancer) => {
    await is(balancer, ({ ready }) => ready === 1);
    const few = clients(balancer, LOW);
    await few.goOn(LOW);
    const [jumpedAt, jumpedAfter] = [Date.now(), performance.now()];
    const many = clients(balancer, HIGH - LOW);
    const { ready } = await is(balancer, (view) => view.ready >= enough && view.ready === view.current);
    const risingMs = performance.now() - jumpedAfter;
    const steadyFrom = Date.now();
    await Observation.until(
      () => Date.now() - steadyFrom >= STEADY_MS,
      'the steady load',
      STEADY_MS + 10_000,
    );
    const restsAt = performance.now();
    const [steadyTo, manyTally] = [Date.now(), await many.stop()];
    await is(balancer, ({ current, instances }) => current === 1 && instances.length === 1);
    const fallingMs = performance.now() - restsAt;
    const fewTally = await few.stop();
    const changes = decisionsOf(balancer, 'shop').flatMap(({ decision }) =>
      decision.desired === decision.current ? [] : [decision],
    );
    const course = changes.map(({ current, desired }) => `${current} to ${desired}`).join(', ');
    const rising = changes.filter(({ time }) => time > jumpedAt && time <= steadyFrom);
    const steady = changes.filter(({ time }) => time > steadyFrom && time <= steadyTo);
    const sent = manyTally.sent + fewTally.sent;
    const served = (manyTally.statuses[200] ?? 0) + (fewTally.statuses[200] ?? 0);
    console.log(
      `step: ${LOW} to ${HIGH} in flight, target ${TARGET}, a decision each ${seconds(INTERVAL_MS)}: ` +
        `${ready} backends serve after ${seconds(risingMs)} (${(risingMs / INTERVAL_MS).toFixed(1)} intervals, ${rising.length} changes)`,
    );
    console.log(
      `step: ${steady.length} changes in ${seconds(STEADY_MS)} of steady load; back to 1 backend ${seconds(fallingMs)} after its end; ` +
        `${sent} requests, ${sent - served} failed; course ${course}`,
    );
  });
}

async function measureKill(): Promise<void> {
  const scaling = processScaling({ min: 2, max: 2, interval: '1s' });
  await withBalancer(site, [shop(scaling)], async (balancer) => {
    const few = clients(balancer, LOW);
    const [noticed, replaced]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const { instances } = await is(balancer, ({ ready }) => ready === 2);
      const [victim] = instances.filter(({ state }) => state === 'running');
      const pid = await pidAt(victim!.url!);
      const failures = failuresOf(balancer);
      const killedAt = performance.now();
      process.kill(pid, 'SIGKILL');
      await Observation.until(() => failuresOf(balancer) > failures, 'it is noticed');
      noticed.push(performance.now() - killedAt);
      await is(balancer, ({ instances: now }) => {
        const serving = now.filter(({ state, backend }) => state === 'running' && backend !== null);
        return serving.length === 2 && serving.every(({ id }) => id !== victim!.id);
      });
      await is(balancer, ({ ready }) => ready === 2);
      replaced.push(performance.now() - killedAt);
      // One that dies within ten seconds counts as a crash, and the next one is started later.
      await Observation.until(() => performance.now() - killedAt > 12_000, 'it has served', 20_000);
    }
    const { sent, statuses } = await few.stop();
    console.log(
      `kill: ${ROUNDS} times kill -9: noticed after ${middle(noticed)}, another one serves after ${middle(replaced)}; ` +
        `${sent} requests, ${sent - (statuses[200] ?? 0)} failed`,
    );
  });
}

function failuresOf(balancer: BalancerProcess): number {
  return balancer.log.filter(({ msg }) => msg === 'a copy has failed').length;
}

const middle = (all: readonly number[]) =>
  `${median(all).toFixed(0)} ms (at most ${Math.max(...all).toFixed(0)} ms)`;

async function measureWake(): Promise<void> {
  const scaling = processScaling({ min: 0, max: 10, idle: '10m', targets: { inFlight: FIRST_REQUESTS } });
  await withBalancer(site, [shop(scaling)], async (balancer) => {
    await is(balancer, ({ state, desired }) => state === 'active' && desired === 0);
    const waits: number[] = [];
    let failed = 0;
    await Promise.all(
      Array.from({ length: FIRST_REQUESTS }, async () => {
        const begunAt = performance.now();
        const response = await fetch(`http://127.0.0.1:${balancer.trafficPort}/`);
        await response.arrayBuffer();
        if (response.status !== 200) failed++;
        waits.push(performance.now() - begunAt);
      }),
    );
    const started = balancer.log.filter(({ msg }) => msg === 'a copy takes requests').length;
    console.log(
      `wake: ${FIRST_REQUESTS} first requests: ${started} started, waits ${middle(waits)}, ${failed} failed`,
    );
  });
}

async function measureEvents(): Promise<void> {
  const engine = await FakeDockerEngine.start();
  const more = {
    drivers: { docker: { socket: engine.socketPath } },
    discovery: { docker: { network: 'web' } },
  };
  const labels = { 'velocity.service': 'shop' };
  try {
    await withBalancer(
      site,
      [{ name: 'shop', backends: [], health: { type: 'none' } }],
      async (balancer) => {
        await Observation.until(() => engine.followers > 0, 'the balancer follows the events');
        const begunAt = performance.now();
        const all = Array.from({ length: CONTAINERS }, () => engine.add({ labels }));
        await hasBackends(balancer, CONTAINERS);
        const addedMs = performance.now() - begunAt;
        const endedAt = performance.now();
        for (const container of all) engine.die(container);
        await hasBackends(balancer, 0);
        const removedMs = performance.now() - endedAt;
        console.log(
          `events: ${CONTAINERS} containers come: backends after ${addedMs.toFixed(0)} ms; ` +
            `all end: drained and removed after ${removedMs.toFixed(0)} ms`,
        );
      },
      more,
    );
  } finally {
    await engine.stop();
  }
}

async function hasBackends(balancer: BalancerProcess, count: number): Promise<void> {
  await eventually(async () => {
    const { body } = await balancer.api<{ items: object[] }>('GET', '/api/v1/services/shop/backends');
    if (body.items.length !== count) throw new Error(`${body.items.length} backends, not ${count}`);
  }, DEADLINE_MS);
}

const MEASUREMENTS = { step: measureStep, kill: measureKill, wake: measureWake, events: measureEvents };

await runToEnd(async () => {
  const only = values.only.split(',').filter((name) => name !== '');
  for (const name of chosen(PARTS, only)) await MEASUREMENTS[name]();
});
