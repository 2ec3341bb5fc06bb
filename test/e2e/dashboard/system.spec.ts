import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';

interface ShownStatus {
  readonly version: string;
  readonly revision: number;
  readonly generation: number;
  readonly accessLog: { readonly received: number; readonly stored: number };
  readonly listeners: readonly { readonly host: string; readonly port: number }[];
}

describe.skipIf(!findChromium())('the system in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.start(stage);
    await dashboard.traffic(7);
  });

  const status = async () => (await dashboard.balancer.api<ShownStatus>('GET', '/api/v1/status')).body;
  const region = (name: string) => dashboard.page.getByRole('region', { name });

  it('shows the numbers of the API', async () => {
    const { page } = dashboard;
    await expect.poll(async () => (await status()).accessLog.stored, { timeout: 20_000 }).toBe(7);
    const known = await status();
    await dashboard.open('/system');
    const log = region('Access log');
    const fact = (label: string) =>
      log.locator('dl > div', { has: page.getByText(label, { exact: true }) }).locator('dd');
    await fact('Received').filter({ hasText: /^7$/ }).waitFor();
    await fact('Stored').filter({ hasText: /^7$/ }).waitFor();
    await log.getByText('thread running').waitFor();
    await page.getByText(`Velocity ${known.version}, since`).waitFor();
    await page.getByText('2 of 2', { exact: true }).waitFor();
    const workers = page.getByRole('grid', { name: 'Workers' });
    expect(await workers.getByRole('row', { name: /listening/ }).count()).toBe(2);
    await region('Listeners').getByText(`127.0.0.1:${known.listeners[0]!.port}`).waitFor();
    await page.getByRole('row', { name: /this one/ }).waitFor();
    await page.getByText(`generation ${known.generation}`).waitFor();
    await page.getByText(/^[1-9]\d* MiB$/).waitFor();
    await dashboard.screenshot('system');
    expect(await dashboard.barriers()).toEqual([]);
  });

  it('makes a token, shows it once, and revokes it', async () => {
    const { page, balancer } = dashboard;
    await dashboard.open('/system');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('not a name');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await dialog.getByText('must be 1 to 64 letters').first().waitFor();
    await dialog.getByLabel('Name').fill('ci-deploy');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await dialog.getByText('It is shown this once').waitFor();
    const token = (await dialog.getByText(/^vel_/).innerText()).trim();
    expect(
      (await fetch(`${balancer.adminUrl}/api/v1/whoami`, { headers: { authorization: `Bearer ${token}` } }))
        .status,
    ).toBe(200);
    expect(await dashboard.barriers()).toEqual([]);
    await dialog.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('row', { name: /^ci-deploy viewer/ }).waitFor();
    expect(await page.getByText(token).count()).toBe(0);
    await page.getByRole('button', { name: 'Revoke ci-deploy' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No tokens yet').waitFor();
    expect(
      (await fetch(`${balancer.adminUrl}/api/v1/whoami`, { headers: { authorization: `Bearer ${token}` } }))
        .status,
    ).toBe(401);
  });

  it('fits a phone, and shows no tokens to who may not see them', async () => {
    const { page, balancer } = dashboard;
    const made = await balancer.api<{ token: string }>('POST', '/api/v1/tokens', {
      name: 'looker',
      role: 'viewer',
    });
    await page.setViewportSize(PHONE.viewport!);
    await dashboard.signIn(made.body.token);
    await dashboard.open('/system');
    await page.getByRole('row', { name: /this one/ }).waitFor();
    expect(await region('Tokens').count()).toBe(0);
    expect(await dashboard.overflow()).toBe(0);
    await dashboard.screenshot('system-phone');
    expect(dashboard.complaints.unexpected('422', '400')).toEqual([]);
  });
});
