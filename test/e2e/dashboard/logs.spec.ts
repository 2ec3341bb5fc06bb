import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';

const SCRIPT = '/<img src=x onerror=document.title="run">';

describe.skipIf(!findChromium())('the logs in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.start(stage);
    await dashboard.traffic(20, '/things?page=2', { 'user-agent': '<script>document.title="run"</script>' });
    await dashboard.traffic(5, '/api/users');
    await dashboard.traffic(1, encodeURI(SCRIPT));
    await dashboard.recorded(26);
  });

  it('shows each exchange, newest first, and narrows them by what is typed', async () => {
    const { page } = dashboard;
    await dashboard.open('/logs');
    await expect.poll(() => page.locator('[data-row]').count(), { timeout: 10_000 }).toBeGreaterThan(10);
    expect(await dashboard.barriers()).toEqual([]);
    await dashboard.screenshot('logs');
    await page.getByLabel('Path starts with').fill('/api/');
    await page.getByText('newest first, 5').waitFor();
    expect(page.url()).toContain('pathPrefix=%2Fapi%2F');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('newest first, 26').waitFor();
  });

  it('says at the field what is wrong with a filter', async () => {
    const { page } = dashboard;
    await dashboard.open('/logs?status=banana');
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByLabel('Status').getAttribute('aria-invalid')).toBe('true');
  });

  it('shows one exchange with its times, attempts and decision, and runs nothing of it', async () => {
    const { page, balancer } = dashboard;
    await dashboard.open('/logs?pathPrefix=/things');
    await page.locator('[data-row="0"]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Attempts' }).waitFor();
    expect(await page.title()).toMatch(/^Request /);
    await page.getByText('<script>document.title="run"</script>').waitFor();
    expect(await dashboard.barriers()).toEqual([]);
    await page.goto(`${balancer.adminUrl}/logs`);
    await page.getByText(encodeURI(SCRIPT)).first().waitFor();
    expect(await page.title()).toBe('Logs · Velocity');
    // Chromium itself writes of each answer that refuses.
    expect(dashboard.complaints.unexpected('400')).toEqual([]);
  });

  it('keeps the decision of what was refused', async () => {
    const { page, balancer } = dashboard;
    const [service] = (
      await balancer.api<{ items: { name: string; backends: { id: string }[] }[] }>('GET', '/api/v1/services')
    ).body.items.filter(({ name }) => name === 'api');
    for (const { id } of service!.backends) {
      await balancer.api('PATCH', `/api/v1/services/api/backends/${id}`, { state: 'draining' });
    }
    await dashboard.traffic(1, '/api/refused');
    await dashboard.recorded(1, '/api/refused');
    await dashboard.open('/logs?pathPrefix=/api/refused');
    await page.getByRole('gridcell', { name: 'no_backend' }).waitFor();
    await page.locator('[data-row="0"]').click();
    await page.getByText('out of rotation: draining').first().waitFor();
    await page.getByText('nobody could be picked').first().waitFor();
    await page.getByText(/^Ended: the balancer answered 503 \(no_backend\) after /).waitFor();
    await dashboard.screenshot('record');
    expect(await dashboard.barriers()).toEqual([]);
  });

  it('follows what comes, and pauses', async () => {
    const { page } = dashboard;
    await dashboard.open('/logs');
    await page.getByRole('button', { name: 'Live tail' }).click();
    await page.getByText('Waiting for traffic').waitFor();
    await expect
      .poll(async () => {
        await dashboard.traffic(1, '/while-listening');
        return page.locator('[data-row]').count();
      })
      .toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused').waitFor();
    await dashboard.traffic(1, '/while-paused');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect
      .poll(async () => {
        await dashboard.traffic(1, '/after-the-pause');
        return page.getByText('/while-paused').count();
      })
      .toBe(1);
  });

  it('fits a phone', async () => {
    const phone = await Dashboard.start(stage, { browser: PHONE });
    await phone.traffic(3);
    await phone.recorded(3);
    await phone.open('/logs');
    await phone.page.locator('[data-row="0"]').waitFor();
    expect(await phone.overflow()).toBe(0);
    await phone.page.locator('[data-row="0"]').click();
    await phone.page.getByRole('heading', { name: 'Record' }).waitFor();
    expect(await phone.overflow()).toBe(0);
    await phone.screenshot('record-phone');
  });
});
