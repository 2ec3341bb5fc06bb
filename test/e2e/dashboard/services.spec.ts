import { beforeAll, describe, expect, it } from 'vitest';
import { ALGORITHM_NAMES } from '../../../src/common/contract/index.js';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard } from '../../support/dashboard.js';

interface ShownBackend {
  readonly id: string;
  readonly url: string;
  readonly state: string;
  readonly weight: number;
}

describe.skipIf(!findChromium())('services and backends in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.start(stage);
  });

  const backendsOf = async (service: string) =>
    (await dashboard.balancer.api<{ items: ShownBackend[] }>('GET', `/api/v1/services/${service}/backends`))
      .body.items;
  const row = (name: string | RegExp) => dashboard.page.getByRole('row', { name });
  const act = async (url: string, action: string) => {
    await dashboard.page.getByRole('button', { name: `Actions for ${url}` }).click();
    await dashboard.page.getByRole('menuitem', { name: action }).click();
  };

  it('are found by name, host, path and backend', async () => {
    const { page } = dashboard;
    await dashboard.open('/services');
    await row(/^shop/).waitFor();
    await page.getByLabel('Search').fill('/api');
    await row(/^shop/).waitFor({ state: 'detached' });
    expect(await row(/^api/).isVisible()).toBe(true);
    expect(page.url()).toContain('search=%2Fapi');
    await page.getByLabel('Search').fill('nothing like this');
    await page.getByText('None fits').waitFor();
    await page.getByLabel('Search').fill('');
  });

  it('are opened and left with the keyboard alone', async () => {
    const { page } = dashboard;
    await dashboard.open('/');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
    await row(/^api/).focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('[role=row]:focus', { hasText: 'shop' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.id')).toBe('page');
  });

  it('show a backend being drained and enabled, after saying what that means', async () => {
    const { page } = dashboard;
    await dashboard.open('/services/shop');
    const [backend] = await backendsOf('shop');
    await act(backend!.url, 'Drain');
    const dialog = page.getByRole('dialog', { name: `Drain ${backend!.url}?` });
    expect(await dialog.innerText()).toContain('takes nothing new');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect((await backendsOf('shop'))[0]!.state).toBe('enabled');
    await act(backend!.url, 'Drain');
    await dialog.getByRole('button', { name: 'Drain' }).click();
    await row(new RegExp(`^${backend!.url} Draining nothing runs: it can be stopped`)).waitFor();
    expect((await backendsOf('shop'))[0]!.state).toBe('draining');
    await dashboard.screenshot('service');
    expect(await dashboard.barriers()).toEqual([]);
    await act(backend!.url, 'Enable');
    await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
    await row(new RegExp(`^${backend!.url} Serving`)).waitFor();
  });

  it('refuse a change that was decided on what is no longer so', async () => {
    const { page, balancer } = dashboard;
    const [, backend] = await backendsOf('shop');
    const looked = page.waitForResponse((answer) => answer.url().endsWith(`/backends/${backend!.id}`));
    await act(backend!.url, 'Disable');
    await looked;
    await balancer.api('PATCH', `/api/v1/services/shop/backends/${backend!.id}`, { weight: 7 });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Disable' }).click();
    await dialog.getByText('Somebody changed this backend while you decided').waitFor();
    expect((await backendsOf('shop'))[1]).toMatchObject({ state: 'enabled', weight: 7 });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('take another weight, and say what it changes', async () => {
    const { page } = dashboard;
    const [, , backend] = await backendsOf('shop');
    await act(backend!.url, 'Change weight');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Weight').fill('1001');
    await dialog.getByText('A whole number from 0 to 1000').waitFor();
    await dialog.getByLabel('Weight').fill('5');
    await dialog.getByText(/it is given .* today and .* then/).waitFor();
    await dialog.getByRole('button', { name: 'Change' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await backendsOf('shop'))[2]!.weight).toBe(5);
  });

  it('take new backends, with the words of the balancer when one is wrong, and let them go', async () => {
    const { page } = dashboard;
    const { port } = await stage.backend();
    await page.getByRole('button', { name: 'Add a backend' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('URL').fill('nonsense');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByRole('alert').first().waitFor();
    await dialog.getByLabel('URL').fill(`http://127.0.0.1:${port}`);
    await dialog.getByRole('button', { name: 'Add' }).click();
    const added = row(new RegExp(`^http://127.0.0.1:${port} Serving`));
    await added.waitFor();
    await act(`http://127.0.0.1:${port}`, 'Remove');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the backend' }).click();
    await added.waitFor({ state: 'detached' });
    expect(await backendsOf('shop')).toHaveLength(3);
  });

  it('are added and removed', async () => {
    const { page } = dashboard;
    const { port } = await stage.backend();
    await dashboard.open('/services');
    await page.getByRole('button', { name: 'Add a service' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('cart');
    await dialog.getByLabel('Paths').fill('/cart');
    await dialog.getByLabel('Backends').fill(`http://127.0.0.1:${port}`);
    expect(await dialog.getByRole('option').allInnerTexts()).toEqual([...ALGORITHM_NAMES]);
    await dialog.getByLabel('Algorithm').selectOption('header-hash');
    await dialog.getByLabel('Header').fill('X-User');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('heading', { level: 1, name: 'cart' }).waitFor();
    await page.getByText(/\/cart · header-hash$/).waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the service' }).click();
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
    await row(/^cart/).waitFor({ state: 'detached' });
    expect((await dashboard.balancer.api('GET', '/api/v1/services/cart')).status).toBe(404);
  });

  it('let a viewer look, and say what he may not do', async () => {
    const { page, balancer } = dashboard;
    const made = await balancer.api<{ token: string }>('POST', '/api/v1/tokens', {
      name: 'looker',
      role: 'viewer',
    });
    await dashboard.signIn(made.body.token);
    await dashboard.open('/services');
    const add = page.getByRole('button', { name: 'Add a service' });
    await add.focus();
    await page.keyboard.press('Enter');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await add.getAttribute('aria-disabled')).toBe('true');
    expect(await add.getAttribute('title')).toBe('Needs the role operator; you are signed in as viewer.');
    await dashboard.screenshot('services');
    expect(await dashboard.barriers()).toEqual([]);
  });

  it('break no rule of the policy of the page', () => {
    expect(dashboard.complaints.unexpected('412', '422', '400', '404')).toEqual([]);
  });
});
