import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Stage, STEADY_HEALTH, configOf } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { request } from '../../support/load.js';

interface Line {
  readonly path: string;
  readonly query: string;
  readonly client: string;
}

async function lines(balancer: BalancerProcess): Promise<readonly Line[]> {
  const text = await readFile(path.join(balancer.dir, 'access.log'), 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

describe('the access-log policy of a running balancer', () => {
  const stage = new Stage();

  it('changes with the file and over the API, and its text output follows', async () => {
    const backend = await stage.backend();
    const shop = { name: 'shop', backends: [{ url: backend.url }], health: STEADY_HEALTH };
    const config = (accessLog: object) =>
      configOf([shop], { accessLog: { outputs: [{ to: 'access.log' }], ...accessLog } });
    const balancer = await stage.balancer(config({}));
    const ask = (target: string) => request({ port: balancer.trafficPort, host: 'any', path: target });
    const seen = async (count: number) =>
      vi.waitFor(
        async () => {
          const found = await lines(balancer);
          expect(found).toHaveLength(count);
          return found.at(-1)!;
        },
        { timeout: 20_000, interval: 50 },
      );
    const generation = async () =>
      (await balancer.api<{ workers: { generation: number }[] }>('GET', '/api/v1/status')).body.workers.map(
        (worker) => worker.generation,
      );
    const isEverywhere = (above: number) =>
      vi.waitFor(async () => expect(Math.min(...(await generation()))).toBeGreaterThan(above));

    await ask('/first?a=1');
    expect(await seen(1)).toMatchObject({ path: '/first', query: 'a=1', client: '127.0.0.1' });

    const before = Math.max(...(await generation()));
    const draft = path.join(balancer.dir, 'draft.yml');
    await writeFile(draft, JSON.stringify(config({ redact: { client: 'network', query: 'all' } })));
    await rename(draft, balancer.configPath);
    await isEverywhere(before);
    await ask('/second?a=1');
    expect(await seen(2)).toMatchObject({ path: '/second', query: 'a=***', client: '127.0.0.0' });

    const next = Math.max(...(await generation()));
    const changed = { ...shop, accessLog: { sample: '0%', redact: { query: 'secrets' } } };
    expect((await balancer.api('PUT', '/api/v1/services/shop', changed)).status).toBe(200);
    await isEverywhere(next);
    await ask('/third?a=1');
    const answer = await balancer.api('GET', '/api/v1/services/shop');
    expect(answer.body).toMatchObject({
      effective: { policies: { accessLog: { sample: 0, redactQuery: 'secrets', client: null } } },
    });
    expect((await balancer.api('PUT', '/api/v1/services/shop', shop)).status).toBe(200);
    await vi.waitFor(async () => {
      await ask('/fourth?a=1');
      expect((await lines(balancer)).at(-1)).toMatchObject({ path: '/fourth', query: 'a=***' });
    });
    expect((await lines(balancer)).map((line) => line.path)).not.toContain('/third');
  });
});
