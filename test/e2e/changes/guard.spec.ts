import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Stage, STEADY_HEALTH, configOf } from '../../support/balanced.js';
import { BalancerProcess } from '../../support/balancer-process.js';
import { Origin } from '../../support/origin.js';
import { request, runLoad, type Tally } from '../../support/load.js';

interface Traffic {
  readonly requests: number;
  readonly errors: number;
  readonly share: number;
}

interface GuardStatus {
  readonly guard: { readonly revision: number; readonly now: Traffic } | null;
  readonly outcomes: readonly (Traffic & {
    readonly revision: number;
    readonly verdict: string;
    readonly why: string;
    readonly durationMs: number;
    readonly baseline: Traffic;
    readonly services: readonly { readonly service: string; readonly now: Traffic }[];
  })[];
}

interface Applied {
  readonly revision: number;
  readonly guard: { readonly deadline: number } | null;
}

const DEADLINE_MS = 20_000;

/** How a guard ended, once it has. */
async function outcome(balancer: BalancerProcess, revision: number) {
  const isEnd = (text: string) =>
    text.startsWith(`Revision ${revision} was taken back`) || text.startsWith(`Revision ${revision} stays`);
  await balancer.logged(({ msg = '' }) => isEnd(msg), DEADLINE_MS);
  const { body } = await balancer.api<GuardStatus>('GET', '/api/v1/guard');
  return body.outcomes.find((one) => one.revision === revision)!;
}

/** Traffic on a service for as long as something else takes. */
async function during<T>(
  port: number,
  hosts: Record<string, number>,
  act: () => Promise<T>,
  path = '/slow/5',
) {
  const stop = new AbortController();
  const loads = Object.entries(hosts).map(([host, connections]) =>
    runLoad({ port, host, connections, path, stop: stop.signal }),
  );
  const result = await act().finally(() => stop.abort());
  return { result, tallies: await Promise.all(loads) };
}

const failures = ({ statuses }: Tally) =>
  Object.entries(statuses).reduce((sum, [status, count]) => (Number(status) >= 500 ? sum + count : sum), 0);

async function ask(balancer: BalancerProcess, host: string): Promise<number> {
  return (await request({ port: balancer.trafficPort, host })).status;
}

describe('a guarded change', () => {
  const stage = new Stage();

  /** Two services; a balancer that has served both for a moment. */
  async function balancerOf(more: object = {}) {
    const [shop, search] = await stage.backends(2);
    const services = [
      { name: 'shop', hosts: ['shop.test'], backends: [shop!.url], health: STEADY_HEALTH },
      { name: 'search', hosts: ['search.test'], backends: [search!.url], health: STEADY_HEALTH },
    ];
    const balancer = await stage.balancer(configOf(services, more));
    for (const host of ['shop.test', 'search.test']) expect(await ask(balancer, host)).toBe(200);
    const state = await balancer.api<object>('GET', '/api/v1/config');
    return { balancer, services, before: state.body };
  }

  it('onto a dead backend is taken back by itself, with few errors, all of them reported', async () => {
    const { balancer, services, before } = await balancerOf();
    const dead = await Origin.refusing();
    const [shop, search] = services;
    // Without probes the balancer believes in it, and only traffic shows that nobody is there.
    const broken = { ...shop, backends: [`http://127.0.0.1:${dead.port}`], health: { type: 'none' } };
    const hosts = { 'shop.test': 4, 'search.test': 16 };
    const { result, tallies } = await during(balancer.trafficPort, hosts, async () => {
      const applied = await balancer.api<Applied>(
        'POST',
        '/api/v1/apply?mode=replace&guard=60s&note=a%20new%20shop',
        { services: [broken, search] },
      );
      expect(applied.status).toBe(200);
      const end = await outcome(balancer, applied.body.revision);
      await balancer.probed();
      expect(await ask(balancer, 'shop.test')).toBe(200);
      return { end, revision: applied.body.revision };
    });
    const { end, revision } = result;
    expect(end).toMatchObject({
      verdict: 'reverted',
      why: expect.stringContaining('5xx rose from 0.0% to'),
    });
    // Long before its minute is over.
    expect(end.durationMs).toBeLessThan(10_000);
    expect(end.baseline.errors).toBe(0);
    const [shopTally, searchTally] = tallies as [Tally, Tally];
    expect(failures(searchTally)).toBe(0);
    // What clients saw is what is reported, but for what was under way when it was counted.
    expect(end.errors).toBeGreaterThanOrEqual(5);
    expect(failures(shopTally)).toBeGreaterThanOrEqual(end.errors);
    expect(end.services).toMatchObject([{ service: 'shop' }]);
    expect((await balancer.api('GET', '/api/v1/config')).body).toEqual(before);
    const { body: last } = await balancer.api<{ restores: number; note: string; author: string }>(
      'GET',
      `/api/v1/revisions/${revision + 1}`,
    );
    expect(last).toMatchObject({ restores: revision - 1, author: 'velocity', origin: 'system' });
    expect(last.note).toContain(end.why);
  });

  it('that nobody confirms is taken back at its deadline, and one that is confirmed stays', async () => {
    const { balancer, services, before } = await balancerOf();
    const [shop, search] = services;
    const wider = { services: [{ ...shop, hosts: ['shop.test', 'store.test'] }, search] };
    const { body: first } = await balancer.api<Applied>('POST', '/api/v1/apply?mode=replace&guard=2s', wider);
    expect(await ask(balancer, 'store.test')).toBe(200);
    expect(await outcome(balancer, first.revision)).toMatchObject({
      verdict: 'reverted',
      why: 'nobody confirmed it until its deadline',
    });
    expect(await ask(balancer, 'store.test')).toBe(404);
    expect((await balancer.api('GET', '/api/v1/config')).body).toEqual(before);

    const { body: second } = await balancer.api<Applied>(
      'POST',
      '/api/v1/apply?mode=replace&guard=1h',
      wider,
    );
    expect((await balancer.api('POST', '/api/v1/guard/confirm')).status).toBe(200);
    expect(await outcome(balancer, second.revision)).toMatchObject({ verdict: 'confirmed' });
    expect(await ask(balancer, 'store.test')).toBe(200);
  });

  it('with automatic confirmation stays when traffic did not worsen', async () => {
    const { balancer, services } = await balancerOf();
    const [shop, search] = services;
    const wider = { services: [{ ...shop, hosts: ['shop.test', 'store.test'] }, search] };
    const { result } = await during(balancer.trafficPort, { 'shop.test': 4 }, async () => {
      const query = '?mode=replace&guard=2s&confirmation=auto';
      const { body } = await balancer.api<Applied>('POST', `/api/v1/apply${query}`, wider);
      return outcome(balancer, body.revision);
    });
    expect(result).toMatchObject({
      verdict: 'confirmed',
      why: 'traffic did not worsen until its deadline',
      errors: 0,
    });
    expect(result.requests).toBeGreaterThan(0);
    expect(await ask(balancer, 'store.test')).toBe(200);
  });

  it('that makes a service slow is taken back', async () => {
    const { balancer, services, before } = await balancerOf();
    const slow = await stage.backend({ duration: 0.4 });
    const [shop, search] = services;
    const { trafficPort: port } = balancer;
    const baseline = {
      port,
      host: 'shop.test',
      connections: 8,
      limit: 400,
      stop: new AbortController().signal,
    };
    expect((await runLoad(baseline)).statuses).toEqual({ 200: 400 });
    const makeSlow = async () => {
      const state = { services: [{ ...shop, backends: [slow.url], health: { type: 'none' } }, search] };
      const { body } = await balancer.api<Applied>('POST', '/api/v1/apply?mode=replace&guard=60s', state);
      return outcome(balancer, body.revision);
    };
    const { result } = await during(port, { 'shop.test': 8 }, makeSlow, '/');
    expect(result).toMatchObject({ verdict: 'reverted', why: expect.stringContaining('p99 rose from') });
    expect((await balancer.api('GET', '/api/v1/config')).body).toEqual(before);
  });

  it('outlives the balancer: one that dies and comes back late takes it back', async () => {
    const { balancer, services, before } = await balancerOf();
    const [shop, search] = services;
    const wider = { services: [{ ...shop, hosts: ['shop.test', 'store.test'] }, search] };
    const { body } = await balancer.api<Applied>(
      'POST',
      '/api/v1/apply?mode=replace&guard=1s&confirmation=auto',
      wider,
    );
    await balancer.stop('SIGKILL');
    while (Date.now() <= body.guard!.deadline) await setTimeout(body.guard!.deadline + 1 - Date.now());
    const again = await BalancerProcess.start(configOf(services), { dir: balancer.dir });
    try {
      expect(await outcome(again, body.revision)).toMatchObject({
        verdict: 'reverted',
        why: expect.stringContaining('no balancer was there to judge it'),
      });
      expect((await again.api('GET', '/api/v1/config')).body).toEqual(before);
    } finally {
      await again.stop('SIGKILL');
    }
  });

  it('is not blamed for the end of the balancer', async () => {
    const { balancer, services } = await balancerOf({ shutdown: { deadline: '300ms' } });
    const [shop, search] = services;
    const wider = { services: [{ ...shop, hosts: ['shop.test', 'store.test'] }, search] };
    const { body } = await balancer.api<Applied>('POST', '/api/v1/apply?mode=replace&guard=1h', wider);
    const port = balancer.trafficPort;
    const cut = Array.from({ length: 40 }, () => request({ port, host: 'shop.test', path: '/slow/3000' }));
    await balancer.api('GET', '/api/v1/status');
    await balancer.stop();
    await Promise.all(cut);
    const again = await BalancerProcess.start(configOf(services), { dir: balancer.dir });
    try {
      const { body: status } = await again.api<GuardStatus>('GET', '/api/v1/guard');
      expect(status.guard).toMatchObject({ revision: body.revision });
    } finally {
      await again.stop('SIGKILL');
    }
  });
});
