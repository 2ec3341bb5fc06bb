import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';

const HOSTILE = '"><script>globalThis.ran=1</script><img src=x onerror="globalThis.ran=1">';

describe.skipIf(!findChromium())('the overview', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.start(stage);
  });

  /** The value under a label of the figures. */
  const figure = (label: string) =>
    dashboard.page
      .locator('dl > div', { has: dashboard.page.getByText(label, { exact: true }) })
      .locator('dd')
      .first();

  it('shows traffic within seconds of its arrival, service by service', async () => {
    const { page } = dashboard;
    await dashboard.open('/');
    await page.getByText('Live', { exact: true }).waitFor();
    const row = page.getByRole('row', { name: /^shop/ });
    await row.getByRole('img', { name: /^3 of 3 backends available/ }).waitFor();
    const sending = dashboard.trafficUntil(async () => {
      await figure('Requests per second').filter({ hasNotText: /^0$/ }).waitFor();
      await row.getByRole('img', { name: /busiest http/ }).waitFor();
    });
    expect(await sending).toBeGreaterThan(0);
    await page.getByText(/^[1-9][\d,]* since the start$/).waitFor();
  });

  it('says its charts in words, and in a table', async () => {
    const { page } = dashboard;
    await dashboard.traffic(5);
    const chart = page.getByRole('figure', { name: /^Answers per second\. 2xx: / });
    await chart.getByRole('button', { name: 'Table of Answers per second' }).click();
    const table = page.getByRole('region', { name: 'Answers per second, as a table' });
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual([
      'Time',
      '2xx',
      '3xx',
      '4xx',
      '5xx',
      'dropped',
    ]);
    await table.getByRole('row').nth(3).waitFor();
    await chart.getByRole('button', { name: 'Picture of Answers per second' }).click();
  });

  it('tells what is dropped, by reason', async () => {
    const { page } = dashboard;
    const drops = page.getByRole('region', { name: 'Drops' });
    const disabled = await dashboard.allBackends('api');
    for (const id of disabled) {
      await dashboard.balancer.api('PATCH', `/api/v1/services/api/backends/${id}`, { state: 'disabled' });
    }
    const sent = await dashboard.trafficUntil(() => drops.getByText('no_backend').waitFor(), '/api/cart');
    expect(sent).toBeGreaterThan(0);
    await page.getByRole('row', { name: /^api Down/ }).waitFor();
    await dashboard.screenshot('overview');
    for (const id of disabled) {
      await dashboard.balancer.api('PATCH', `/api/v1/services/api/backends/${id}`, { state: 'enabled' });
    }
  });

  it('tells what happens while it is open', async () => {
    const { page, balancer } = dashboard;
    const happening = page.getByRole('region', { name: 'Happening' });
    const [id] = await dashboard.allBackends('shop');
    await balancer.api('PATCH', `/api/v1/services/shop/backends/${id}?note=x`, { weight: 3 });
    await happening
      .getByText(/^revision \d+$/)
      .first()
      .waitFor();
    expect(await happening.innerText()).toContain('weight');
  });

  it('runs nothing of what clients and operators wrote', async () => {
    const { page, balancer } = dashboard;
    await balancer.api(
      'PATCH',
      `/api/v1/services/shop/backends/${(await dashboard.allBackends('shop'))[0]}`,
      {
        weight: 4,
      },
    );
    const made = await balancer.api('POST', `/api/v1/services?note=${encodeURIComponent(HOSTILE)}`, {
      name: 'noted',
      paths: ['/noted'],
      backends: ['http://127.0.0.1:9'],
    });
    expect(made.status).toBe(201);
    await dashboard.traffic(3, `/${encodeURIComponent(HOSTILE)}`, { 'user-agent': HOSTILE });
    await page.getByRole('row', { name: /^noted/ }).waitFor();
    await dashboard.open(`/services/${encodeURIComponent(HOSTILE)}`);
    await page.getByText(`There is no service ${HOSTILE}.`).waitFor();
    expect(await page.evaluate('globalThis.ran')).toBeUndefined();
    await dashboard.open('/');
  });

  it('draws in the colours of the theme', async () => {
    const { page } = dashboard;
    const colours = async () =>
      page
        .locator('canvas[role=img]')
        .first()
        .evaluate((canvas: CanvasLike) => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, 1, 1);
          return [...data].slice(0, 3);
        });
    const light = await colours();
    expect(Math.min(...light)).toBeGreaterThan(200);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => Math.max(...(await colours()))).toBeLessThan(80);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(colours).toEqual(light);
  });

  it('can be used by everybody', async () => {
    await dashboard.page.getByText('Live', { exact: true }).waitFor();
    expect(await dashboard.barriers()).toEqual([]);
  });

  it('fits a phone, with its navigation behind a button', async () => {
    const { page } = dashboard;
    await page.setViewportSize(PHONE.viewport!);
    expect(await dashboard.overflow()).toBe(0);
    await dashboard.screenshot('overview-phone');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Services' }).click();
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
    expect(await dashboard.overflow()).toBe(0);
    await page.setViewportSize({ width: 1280, height: 1024 });
  });

  it('says that it is not live any more when the balancer is gone', async () => {
    const { page, balancer } = dashboard;
    await dashboard.open('/');
    await page.getByText('Live', { exact: true }).waitFor();
    await balancer.stop('SIGKILL');
    await page.getByText('Not live', { exact: true }).waitFor();
    await page.getByText(/What is shown is .* old/).waitFor();
    expect(dashboard.complaints.unexpected('404', 'ERR_', '401')).toEqual([]);
  });
});

interface CanvasLike {
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}
