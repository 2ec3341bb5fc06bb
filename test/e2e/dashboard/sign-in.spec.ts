import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard } from '../../support/dashboard.js';

describe.skipIf(!findChromium())('signing in to the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.start(stage);
  });

  it('works by the link of the start, and forgets the token in the address', async () => {
    const { page, balancer } = dashboard;
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(page.url()).toBe(`${balancer.adminUrl}/`);
    expect(await page.title()).toBe('Overview · Velocity');
    expect(page.url()).not.toContain(balancer.token);
  });

  it('asks for a token, says when it is wrong, and leads to the page that was wanted', async () => {
    const { page, balancer } = dashboard;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(`${balancer.adminUrl}/services`);
    await page.getByLabel('Token').fill('not-the-token-not-the-token-not-the-token');
    await dashboard.screenshot('sign-in');
    expect(await dashboard.barriers()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('This token is not known here').waitFor();
    await page.getByLabel('Token').fill(balancer.token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
  });

  it('keeps the token in the tab, and nowhere else unless that is wished', async () => {
    const { page, balancer, browser } = dashboard;
    await dashboard.signIn();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(await page.evaluate('localStorage.length')).toBe(0);
    const other = await browser.newPage();
    await other.goto(balancer.adminUrl);
    await other.getByLabel('Token').waitFor();
    await other.close();
  });

  it('ends with a word of why when the token is revoked', async () => {
    const { page, balancer } = dashboard;
    const made = await balancer.api<{ token: string; id: string }>('POST', '/api/v1/tokens', {
      name: 'soon-gone',
      role: 'viewer',
    });
    await dashboard.signIn(made.body.token);
    await page.getByText('soon-gone').waitFor();
    await balancer.api('DELETE', `/api/v1/tokens/${made.body.id}`);
    // Whatever asks first ends the session: the stream that is open, or the next page.
    await page.evaluate(`document.querySelector('a[href="/services"]')?.click()`);
    await page.getByText('Your token is no longer accepted').waitFor();
    expect(await page.getByLabel('Token').isVisible()).toBe(true);
    await dashboard.signIn();
  });

  it('breaks no rule of its own policy and asks nobody else', () => {
    expect(dashboard.complaints.unexpected('401 (Unauthorized)')).toEqual([]);
  });
});
