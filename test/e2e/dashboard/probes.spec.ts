import { beforeAll, describe, expect, it } from 'vitest';
import { QUICK_HEALTH, Stage } from '../../support/balanced.js';
import type { BackendProcess } from '../../support/backend-process.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';

describe.skipIf(!findChromium())('the history of health in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;
  let failing: BackendProcess;
  let steady: BackendProcess;

  beforeAll(async () => {
    [failing, steady] = (await stage.backends(2)) as [BackendProcess, BackendProcess];
    const backends = [failing, steady].map(({ port }) => `http://127.0.0.1:${port}`);
    dashboard = await Dashboard.start(stage, {
      services: [
        { name: 'shop', paths: ['/'], health: { ...QUICK_HEALTH, timeout: '350ms' }, backends },
        { name: 'calm', paths: ['/calm'], backends: [backends[1]] },
      ],
    });
  });

  const lane = (port: number, words: RegExp) =>
    dashboard.page.getByRole('img', {
      name: new RegExp(`^http://127\\.0\\.0\\.1:${port}: .*${words.source}`),
    });

  it('shows a backend that went down, when and why, and its return', async () => {
    const { page } = dashboard;
    await dashboard.open('/probes');
    await lane(failing.port, /now healthy/).waitFor();
    await failing.setHealth(false);
    await lane(failing.port, /unhealthy .*now unhealthy/).waitFor({ timeout: 30_000 });
    await page
      .getByRole('row', { name: new RegExp(`unhealthy shop http://127.0.0.1:${failing.port} .*503`) })
      .waitFor();
    await failing.setHealth(true);
    await lane(failing.port, /unhealthy .*now healthy/).waitFor({ timeout: 30_000 });
    await dashboard.screenshot('probes');
    expect(await dashboard.barriers()).toEqual([]);
  });

  it('is narrowed by service, backend and kind', async () => {
    const { page } = dashboard;
    await page.getByLabel('Service').selectOption('calm');
    await page.getByText('1 backend, those').waitFor();
    expect(page.url()).toContain('service=calm');
    await page
      .getByText('Nothing happened')
      .or(page.getByRole('row', { name: /healthy calm/ }))
      .first()
      .waitFor();
    await page.getByLabel('Kind').selectOption('probe');
    await page
      .getByRole('row', { name: /probe passed calm/ })
      .first()
      .waitFor();
    await page.getByLabel('Service').selectOption('');
    await page
      .getByLabel('Backend', { exact: true })
      .selectOption({ label: `http://127.0.0.1:${failing.port} (shop)` });
    await page.getByText('1 backend, those').waitFor();
    await page
      .getByRole('row', {
        name: new RegExp(`probe (passed|failed) shop http://127\\.0\\.0\\.1:${failing.port} `),
      })
      .first()
      .waitFor();
    await page.getByRole('row', { name: /calm/ }).first().waitFor({ state: 'detached' });
  });

  it('fits a phone', async () => {
    await dashboard.page.setViewportSize(PHONE.viewport!);
    await dashboard.open('/probes?range=15m');
    await lane(steady.port, /now healthy/)
      .first()
      .waitFor();
    expect(await dashboard.overflow()).toBe(0);
    await dashboard.screenshot('probes-phone');
    expect(dashboard.complaints.unexpected()).toEqual([]);
  });
});
