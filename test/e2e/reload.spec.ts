import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Stage, STEADY_HEALTH, configOf } from '../support/balanced.js';
import type { BalancerProcess } from '../support/balancer-process.js';
import { request } from '../support/load.js';

interface Status {
  readonly revision: number;
  readonly generation: number;
  readonly configFile: { error: string };
}

const applied = (line: { msg?: string }) => line.msg === 'configuration file applied';

/** As editors save: into another file, which then takes the name. */
async function save(balancer: BalancerProcess, config: object | string): Promise<void> {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  const draft = path.join(balancer.dir, '.velocity.yml.swp');
  await writeFile(draft, text);
  await rename(draft, balancer.configPath);
}

describe('the configuration file, edited while traffic runs', () => {
  const stage = new Stage();

  it('takes effect, keeps what was changed over the API, and survives a restart', async () => {
    const [a, b] = await stage.backends(2);
    const service = (backends: readonly object[]) =>
      configOf([{ name: 'shop', backends, health: STEADY_HEALTH }], {
        storage: { driver: 'sqlite', path: 'data/v.db' },
      });
    const first = await stage.balancer(service([{ url: a!.url }]));
    const shop = await first.api<{ backends: { id: string; weight: number }[] }>(
      'GET',
      '/api/v1/services/shop',
    );
    await first.api('PATCH', `/api/v1/services/shop/backends/${shop.body.backends[0]!.id}`, { weight: 9 });

    await save(first, service([{ url: a!.url }, { url: b!.url, weight: 2 }]));
    await first.logged(applied);
    const weights = async (balancer: BalancerProcess) => {
      const answer = await balancer.api<{ backends: { url: string; weight: number }[] }>(
        'GET',
        '/api/v1/services/shop',
      );
      return Object.fromEntries(answer.body.backends.map(({ url, weight }) => [url, weight]));
    };
    const expected = { [a!.url]: 9, [b!.url]: 2 };
    expect(await weights(first)).toEqual(expected);

    expect(await first.stop()).toBe(0);
    const second = await stage.balancer(service([{ url: a!.url }, { url: b!.url, weight: 2 }]), {
      dir: first.dir,
    });
    expect(await weights(second)).toEqual(expected);
    expect((await request({ port: second.trafficPort, host: 'any' })).status).toBe(200);
  });

  it('is refused when it is broken: what runs stays, and log, API, readiness and metric say why', async () => {
    const backend = await stage.backend();
    const good = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }]);
    const balancer = await stage.balancer(good);
    const before = (await balancer.api<Status>('GET', '/api/v1/status')).body;

    await save(balancer, 'services:\n  - name: shop\n    backend: []\n    algorythm: roundrobbin\n');
    const refused = await balancer.logged(
      (line) => line.msg?.startsWith('configuration file refused') ?? false,
    );
    expect(JSON.stringify(refused)).toContain('velocity.yml:3:5');
    const during = (await balancer.api<Status>('GET', '/api/v1/status')).body;
    expect(during).toMatchObject({ revision: before.revision, generation: before.generation });
    expect(during.configFile.error).toContain('velocity.yml');
    const metrics = await balancer.api<string>('GET', '/metrics');
    expect(metrics.body).toMatch(/^velocity_config_last_reload_success 0$/m);
    const ready = await balancer.api<{ status: string; parts: object }>('GET', '/health/ready');
    expect(ready).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await request({ port: balancer.trafficPort, host: 'any' })).status).toBe(200);

    await save(balancer, { ...good, trustedProxies: ['10.0.0.0/8'] });
    await balancer.logged(applied);
    expect((await balancer.api<Status>('GET', '/api/v1/status')).body.configFile.error).toBe('');
    const mended = await balancer.api<string>('GET', '/metrics');
    expect(mended.body).toMatch(/^velocity_config_last_reload_success 1$/m);
  });

  it('does not start from a file that does not hold, and shows every error', async () => {
    const start = stage.balancer('listeners:\n  - port: 80000\nservices:\n  - name: Shop\n    pahts: [/]\n');
    await expect(start).rejects.toThrow(
      /ended with code 2[^]*velocity\.yml:2:11[^]*velocity\.yml:4:11[^]*velocity\.yml:5:5/,
    );
  });
});
