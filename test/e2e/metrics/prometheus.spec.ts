import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import { ALERTS_PATH, alertRules, dashboardQueries, SCRAPE_PATH } from '../../support/grafana.js';
import { eventually } from '../../support/eventually.js';
import { request } from '../../support/load.js';
import { everyMetric } from '../../support/metrics.fixture.js';
import { HAS_PROMETHEUS, PrometheusServer, promtool, type QueryResult } from '../../support/prometheus.js';

const REQUESTS = 30;

interface Targets {
  readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[];
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly name: string; readonly health: string }[];
  }[];
}

describe.skipIf(!HAS_PROMETHEUS)('with a real Prometheus', () => {
  const stage = new Stage();
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  it('promtool has nothing against the page, the configuration and the rules', async () => {
    expect(promtool(['check', 'metrics'], await everyMetric())).toEqual({ code: 0, said: '' });
    expect(promtool(['check', 'config', SCRAPE_PATH]).code).toBe(0);
    expect(promtool(['check', 'rules', ALERTS_PATH]).said).toContain(`${alertRules().length} rules found`);
  });

  it('a balancer is scraped, counted as its clients count, and asked by the dashboard and the rules', async () => {
    const backend = await stage.backend();
    const shop = { name: 'shop', hosts: ['shop.test'], backends: [backend.url], health: STEADY_HEALTH };
    const balancer = await stage.balancer(configOf([shop]));
    const port = balancer.trafficPort;
    for (let count = 0; count < REQUESTS; count++) {
      expect((await request({ port, host: 'shop.test' })).status).toBe(200);
    }
    expect((await request({ port, host: 'nobody.test' })).status).toBe(404);

    const folder = await mkdtemp(path.join(tmpdir(), 'velocity-prometheus-config-'));
    folders.push(folder);
    const config = path.join(folder, 'prometheus.yml');
    await writeFile(path.join(folder, 'alerts.yml'), await readFile(ALERTS_PATH));
    const scrape = (await readFile(SCRAPE_PATH, 'utf8'))
      .replaceAll(/: 15s/g, ': 1s')
      .replace('127.0.0.1:3000', new URL(balancer.adminUrl).host);
    await writeFile(config, scrape.replace('global:', 'global:\n  scrape_timeout: 1s'));
    const prometheus = await PrometheusServer.start(config);
    try {
      await eventually(async () => {
        const { data } = await prometheus.api<Targets>('targets');
        expect(data.activeTargets.map(({ health, lastError }) => [health, lastError])).toEqual([['up', '']]);
        const { data: rules } = await prometheus.api<Rules>('rules');
        const healths = rules.groups.flatMap((group) => group.rules.map(({ health }) => health));
        expect(healths).toEqual(alertRules().map(() => 'ok'));
      });
      // A scrape that took too long leaves nothing behind: the next one is waited for.
      const value = (query: string) =>
        eventually(async () => {
          const { data } = await prometheus.api<QueryResult>('query', { query });
          return Number(data.result[0]!.value[1]);
        });
      expect(await value('velocity_responses_total{service="shop",status="2xx"}')).toBe(REQUESTS);
      expect(await value('velocity_responses_total{service="",status="4xx"}')).toBe(1);
      expect(await value('velocity_latency_seconds_count{service="shop"}')).toBe(REQUESTS);
      expect(await value('velocity_backend_latency_seconds_bucket{le="+Inf"}')).toBe(REQUESTS);
      expect(await value('sum(velocity_worker_loop_delay_seconds_count)')).toBeGreaterThan(0);
      for (const query of dashboardQueries()) {
        expect([query, (await prometheus.api('query', { query })).error]).toEqual([query, undefined]);
      }
    } finally {
      await prometheus.stop();
    }
  });
});
