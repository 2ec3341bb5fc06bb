import { describe, expect, it } from 'vitest';
import { STEADY_HEALTH, Stage, configOf } from '../support/balanced.js';
import type { BackendProcess } from '../support/backend-process.js';
import type { BalancerProcess } from '../support/balancer-process.js';
import { type LoadOptions, runLoad, type Tally } from '../support/load.js';
import { recorded } from '../support/recorded.js';

/** Notices in a few seconds, and takes no backend out that is late because all processors send requests. */
const HEALTH = { ...STEADY_HEALTH, interval: '2s', timeout: '1900ms', fall: 2 };

interface Status {
  readonly ledger: {
    received: number;
    forwarded: number;
    dropped: number;
    inFlight: number;
    droppedByReason: Record<string, number>;
  };
}

describe('a backend that is killed under load', () => {
  const stage = new Stage();

  it('costs GET clients no error, and every exchange is accounted for', async () => {
    const backends = await stage.backends(3);
    const balancer = await stage.balancer(
      configOf([{ name: 'shop', backends: backends.map((one) => one.url), health: HEALTH }]),
    );
    const tally = await killUnderLoad(balancer, backends[0]!);

    expect(tally.statuses).toEqual({ 200: tally.sent });
    const { ledger } = await balancer.idle<Status>();
    expect(ledger).toMatchObject({
      received: tally.sent,
      forwarded: tally.sent,
      dropped: 0,
      inFlight: 0,
    });
  });

  it('fails only exchanges that are not safe to repeat, and the ledger says how many', async () => {
    const backends = await stage.backends(2);
    const balancer = await stage.balancer(
      configOf([{ name: 'shop', backends: backends.map((one) => one.url), health: HEALTH }]),
    );
    const post = { path: '/echo', method: 'POST', body: 'payload' };
    const tally = await killUnderLoad(balancer, backends[0]!, post);

    const failed = tally.statuses[502] ?? 0;
    expect(tally.statuses[200]! + failed).toBe(tally.sent);
    expect(failed).toBeLessThanOrEqual(24);
    const { ledger } = await balancer.idle<Status>();
    expect(ledger).toMatchObject({
      received: tally.sent,
      forwarded: tally.sent - failed,
      dropped: failed,
      inFlight: 0,
    });
    const records = await recorded(balancer, tally.sent);
    expect(records.filter((record) => record.status === 502)).toHaveLength(failed);
    expect(records.every((record) => (record.dropReason === null) === (record.status === 200))).toBe(true);
  });

  /** Kills the backend after 500 answers, and goes on until its failed probes have been noticed. */
  async function killUnderLoad(
    balancer: BalancerProcess,
    backend: BackendProcess,
    message: Partial<LoadOptions> = {},
  ): Promise<Tally> {
    const stop = new AbortController();
    const enough = Promise.withResolvers<void>();
    let answers = 0;
    const load = runLoad({
      port: balancer.trafficPort,
      host: 'any',
      connections: 24,
      stop: stop.signal,
      onAnswer: () => {
        if (++answers === 500) enough.resolve();
      },
      ...message,
    });
    await enough.promise;
    await backend.kill();
    await balancer.logged((line) => line.msg === 'backend is unhealthy' && line['url'] === backend.url);
    stop.abort();
    return load;
  }
});
