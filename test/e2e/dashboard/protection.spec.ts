import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';

describe.skipIf(!findChromium())('protection in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    const [{ port }, { port: other }] = await Promise.all([stage.backend(), stage.backend()]);
    dashboard = await Dashboard.start(stage, {
      services: [
        { name: 'shop', paths: ['/'], backends: [`http://127.0.0.1:${port}`] },
        {
          name: 'api',
          paths: ['/api'],
          backends: [`http://127.0.0.1:${other}`],
          rateLimits: [
            { name: 'clients', by: 'ip', rate: '2/1h' },
            { name: 'trial', by: 'ip', rate: '1/1h', mode: 'shadow' },
          ],
        },
      ],
      config: { trustedProxies: ['127.0.0.1'] },
    });
  });

  const statusFor = async (client: string, path = '/') => {
    const url = `http://127.0.0.1:${dashboard.balancer.trafficPort}${path}`;
    const response = await fetch(url, { headers: { 'x-forwarded-for': client } });
    await response.arrayBuffer();
    return response.status;
  };

  it('bans an address, which keeps it out, says so, and lifts the ban', async () => {
    const { page } = dashboard;
    expect(await statusFor('203.0.113.7')).toBe(200);
    await dashboard.open('/protection');
    await page.getByText('Nobody is banned').waitFor();
    await page.getByRole('button', { name: 'Ban', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Ban' });
    await dialog.getByLabel('Addresses or networks').fill('203.0.113.0/24');
    await dialog.getByLabel('For').fill('soon');
    await dialog.getByLabel('Why').fill('guesses passwords');
    await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
    await dialog.getByText('write a time from 1s').first().waitFor();
    await dialog.getByLabel('For').fill('1h');
    await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
    await page.getByRole('row', { name: /^203\.0\.113\.0\/24 keeps out .*guesses passwords/ }).waitFor();
    await expect.poll(() => statusFor('203.0.113.7')).toBe(403);
    await page.getByLabel('Client address').fill('203.0.113.7');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('is kept out', { exact: true }).waitFor();
    await page.getByText(/Because: the ban of 203\.0\.113\.0\/24 by .*: guesses passwords/).waitFor();
    await page.getByLabel('Address or network').fill('198.51.100.1');
    await page.getByText('None fits').waitFor();
    await page.getByLabel('Address or network').fill('203.0.113.200');
    await page.getByRole('row', { name: /^203\.0\.113\.0\/24/ }).waitFor();
    await dashboard.screenshot('protection');
    expect(await dashboard.barriers()).toEqual([]);
    await page.getByRole('button', { name: 'Actions for 203.0.113.0/24' }).click();
    await page.getByRole('menuitem', { name: 'Lift' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click();
    await page.getByText('None fits').waitFor();
    await expect.poll(() => statusFor('203.0.113.7')).toBe(200);
    await page.getByText('is served', { exact: true }).waitFor();
  });

  it('shows each rate limit with what was refused, and what shadows would have', async () => {
    const { page } = dashboard;
    const statuses = [];
    for (let sent = 0; sent < 5; sent += 1) statuses.push(await statusFor('198.51.100.9', '/api/x'));
    expect(statuses.filter((status) => status === 429)).toHaveLength(3);
    await dashboard.open('/protection');
    await page
      .getByRole('row', { name: /^api clients ip any method any path 2 per 1 h \d+ refuses 3$/ })
      .waitFor();
    await page.getByRole('row', { name: /^api trial .* shadow –$/ }).waitFor();
    const shadows = page.getByRole('region', { name: 'In shadow' });
    await shadows.getByText('rate_limited').waitFor();
    await dashboard.screenshot('protection-limits');
  });

  it('refuses to lock everybody out without being told so', async () => {
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Ban', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Ban' });
    await dialog.getByLabel('Addresses or networks').fill('127.0.0.0/8');
    await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await statusFor('198.51.100.10')).toBe(200);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('fits a phone', async () => {
    await dashboard.page.setViewportSize(PHONE.viewport!);
    await dashboard.open('/protection');
    await dashboard.page.getByRole('grid', { name: 'Rate limits' }).waitFor();
    expect(await dashboard.overflow()).toBe(0);
    await dashboard.screenshot('protection-phone');
    expect(await dashboard.barriers()).toEqual([]);
    expect(dashboard.complaints.unexpected('400', '409', '422')).toEqual([]);
  });
});
