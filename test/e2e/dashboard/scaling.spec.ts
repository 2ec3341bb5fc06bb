import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOrphans } from '../../../src/modules/autoscaling/drivers/process/index.js';
import { Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BackendProcess } from '../../support/backend-process.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';
import { eventually } from '../../support/eventually.js';
import { runLoad } from '../../support/load.js';
import { PROCESSES, processScaling, scaled } from '../../support/scaled.balancer.js';

/** More than a page of the log holds. */
const MANY = 130;
/** Three times what the most copies are meant to have: enough on a busy machine too. */
const CLIENTS = 24;
const MOST = 4;
const AWAY = { code: 'STORE_UNAVAILABLE', detail: 'The store cannot be reached.' };
const HOSTILE = '/no/such/<img src=x onerror="globalThis.ran=1">';

describe.skipIf(!findChromium())('scaling and discovery in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;
  let typedIn: BackendProcess;
  let found: BackendProcess;

  beforeAll(async () => {
    [typedIn, found] = (await stage.backends(2)) as [BackendProcess, BackendProcess];
    const dir = await mkdtemp(path.join(tmpdir(), 'velocity-e2e-'));
    await writeFile(path.join(dir, 'cart.yml'), `- ${typedIn.url}\n- ${found.url}\n`);
    await writeFile(path.join(dir, 'many.yml'), '[]');
    const shop = processScaling({ min: 1, max: MOST, targets: { inFlight: 2 }, interval: '1s' });
    dashboard = await Dashboard.start(stage, {
      services: [
        { name: 'shop', paths: ['/'], queue: { size: 100, hold: '30s' }, scaling: shop },
        { name: 'broken', paths: ['/broken'], scaling: processScaling({ min: 1 }, { command: HOSTILE }) },
        { name: 'cart', paths: ['/cart'], backends: [typedIn.url], discovery: [{ file: 'cart.yml' }] },
        { name: 'many', paths: ['/many'], health: { type: 'none' }, discovery: [{ file: 'many.yml' }] },
      ],
      config: { ...PROCESSES, defaults: { health: STEADY_HEALTH } },
      start: { dir },
    });
    await scaled(dashboard.balancer, 'shop', ({ ready }) => ready === 1);
    await scaled(dashboard.balancer, 'broken', ({ problem }) => problem !== '');
  });

  // Processes end with their balancer, when it is stopped rather than killed.
  afterAll(async () => {
    await dashboard.balancer.stop();
    await endOrphans(path.join(dashboard.balancer.dir, 'data', 'processes'), []);
  });

  const row = (name: string | RegExp) => dashboard.page.getByRole('row', { name });
  const grid = (name: string) => dashboard.page.getByRole('grid', { name });
  const figure = (label: string) =>
    dashboard.page
      .locator('dl > div', { has: dashboard.page.getByText(label, { exact: true }) })
      .locator('dd')
      .first();

  it('show each scaled service, and plainly what keeps one from working', async () => {
    const { page } = dashboard;
    await dashboard.open('/scaling');
    await page.getByText('Live', { exact: true }).waitFor();
    const services = grid('Scaled services');
    await services
      .getByRole('row', { name: /^shop process driver Active 1 to 4 1 1 1 .*0 wanted; at least 1/ })
      .waitFor();
    await services
      .getByRole('row', { name: /^broken process driver Active .*No copy can be started/ })
      .waitFor();
    const alert = page.getByRole('alert').filter({ hasText: 'broken' });
    await alert.getByText(HOSTILE).waitFor();
    await row(/^[\d:]+ problem broken .*No copy can be started/)
      .first()
      .waitFor();
    expect(await page.evaluate('globalThis.ran')).toBeUndefined();
    expect(await dashboard.barriers()).toEqual([]);
    await dashboard.screenshot('scaling');
    await alert.getByRole('link', { name: 'Copies of broken' }).click();
    await page.getByRole('heading', { level: 1, name: 'broken' }).waitFor();
    await page.getByRole('alert').getByText(HOSTILE).waitFor();
    await page.getByText('No copies').waitFor();
    await page.getByRole('link', { name: 'Scaling' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Scaling' }).waitFor();
  });

  it('show what happens as it happens: a decision with its reason, and the copies that start', async () => {
    const { page, balancer } = dashboard;
    await dashboard.open('/scaling/shop');
    await row(/^[\d:]+ started 1 Takes requests/).waitFor();
    const stop = new AbortController();
    const load = runLoad({
      port: balancer.trafficPort,
      host: 'shop.test',
      path: '/slow/500',
      connections: CLIENTS,
      stop: stop.signal,
    });
    const reason = /[\d.]+ in flight for 1 backend, target 2: \d+ wanted/;
    await row(new RegExp(`^[\\d:]+ decision 1 to [2-4] ${reason.source}`)).waitFor({ timeout: 30_000 });
    await eventually(async () => expect(await figure('Ready').innerText()).toBe(String(MOST)), 30_000);
    const copies = grid('Copies of shop');
    await copies
      .getByRole('row', { name: /http:\/\/127\.0\.0\.1:\d+ Running/ })
      .nth(MOST - 1)
      .waitFor();
    await page
      .getByRole('region', { name: 'Latest decision' })
      .getByRole('rowheader', { name: 'In flight' })
      .waitFor();
    const chart = page.getByRole('figure', {
      name: /^Copies of shop over time\. there: 4, between 0 and /,
    });
    await chart.getByRole('button', { name: 'Table of' }).click();
    const table = page.getByRole('region', { name: 'Copies of shop over time, as a table' });
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual(['Time', 'there', 'wanted']);
    await table
      .getByRole('row', { name: /^[\d:]+ 1 [2-4]$/ })
      .first()
      .waitFor();
    await chart.getByRole('button', { name: 'Picture of' }).click();
    expect(await dashboard.barriers()).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 1700 });
    await dashboard.screenshot('scaling-service');
    await page.setViewportSize({ width: 1280, height: 1024 });
    stop.abort();
    expect((await load).errors).toEqual([]);
  });

  it('say all of a record to who opens it with the keyboard', async () => {
    const { page } = dashboard;
    await dashboard.open('/scaling/shop?kind=decision');
    const record = row(/^[\d:]+ decision 1 to [2-4] /).first();
    await record.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'shop: decision' });
    const text = await dialog.innerText();
    expect(text).toMatch(/in flight for 1 backend, target 2/);
    expect(text).toMatch(/Decided by\s+In flight/);
    expect(await dashboard.barriers()).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await row(/ started /).count()).toBe(0);
  });

  it('lead from a service to its copies, from a copy to its backend, and back', async () => {
    const { page } = dashboard;
    await dashboard.open('/services/shop');
    await page.getByRole('link', { name: /^scaled by process driver, 4 of 1–4$/ }).click();
    await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/scaling/shop');
    const link = grid('Copies of shop').getByRole('link').first();
    const url = await link.innerText();
    await link.click();
    const dialog = page.getByRole('dialog', { name: url });
    expect(await dialog.innerText()).toMatch(/Brought by\s+scaling/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${dashboard.balancer.adminUrl}/services/shop`);
    await row(new RegExp(`^${url} by scaling Serving`)).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('heading', { level: 1, name: 'Scaling' }).waitFor();
    await dashboard.open('/scaling/cart');
    await page.getByRole('alert').getByText('Service cart has no scaling').waitFor();
  });

  it('show what was found, and a finding that is typed in already as a conflict', async () => {
    const { page } = dashboard;
    await dashboard.open('/services/cart');
    await page.getByRole('link', { name: '1 source of discovery' }).click();
    await page.getByRole('heading', { level: 1, name: 'Discovery' }).waitFor();
    expect(new URL(page.url()).searchParams.get('search')).toBe('cart');
    const cart = grid('Found by file:cart.yml');
    await cart
      .getByRole('row', { name: new RegExp(`^${typedIn.url} cart Conflict .*typed in.*entry 1`) })
      .waitFor();
    await cart.getByRole('row', { name: new RegExp(`^${found.url} cart Added .*entry 2`) }).waitFor();
    await page.getByLabel('Status').selectOption('Conflict');
    await row(new RegExp(`^${found.url}`)).waitFor({ state: 'detached' });
    await page.getByLabel('Search').fill('nothing like this');
    await page.getByText('None fits').waitFor();
    await dashboard.open('/discovery');
    await page.getByText(/^2 sources found 2 backends, 1 in conflict$/).waitFor();
    await page.getByRole('region', { name: 'file:many.yml' }).getByText('Nothing found').waitFor();
    expect(await dashboard.barriers()).toEqual([]);
    await dashboard.screenshot('discovery');
  });

  it('show a source that cannot look, and read on in older records while new ones come', async () => {
    const { page, balancer } = dashboard;
    const save = async (text: string) => {
      await writeFile(path.join(balancer.dir, 'draft'), text);
      await rename(path.join(balancer.dir, 'draft'), path.join(balancer.dir, 'many.yml'));
    };
    const urls = Array.from({ length: MANY }, (_, at) => `- http://127.0.1.${at + 1}:9\n`).join('');
    await save(urls);
    await page.getByRole('region', { name: 'file:many.yml' }).getByText(`${MANY} backends`).waitFor();
    await save('- [');
    const source = page.getByRole('region', { name: 'file:many.yml' });
    await source.getByText('Cannot look').waitFor();
    await source
      .getByRole('alert')
      .getByText(/many\.yml:\d+/)
      .waitFor();
    await dashboard.open('/scaling?kind=found');
    await page.getByLabel('Service', { exact: true }).selectOption('many');
    await page.getByText('newest first, 100 so far').waitFor();
    await page.getByRole('button', { name: 'Older ones' }).click();
    await page.getByText(`newest first, ${MANY}`, { exact: true }).waitFor();
    await save(`${urls}- http://127.0.2.1:9\n`);
    await page.getByText(`newest first, ${MANY + 1}`, { exact: true }).waitFor();
    await row(/^[\d:]+ found many – .*127\.0\.2\.1:9/)
      .first()
      .waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ kind: 'found', service: 'many' });
  });

  it('say what it means when there is nothing to show', async () => {
    const { page, balancer } = dashboard;
    const { body } = await balancer.api<object>('GET', '/api/v1/scaling/shop');
    const standby = { ...body, state: 'standby', instances: [], decision: null };
    await page.route('**/api/v1/scaling', (route) => route.fulfill({ json: { items: [] } }));
    await page.route('**/api/v1/scaling/shop', (route) => route.fulfill({ json: standby }));
    await page.route('**/api/v1/discovery', (route) => route.fulfill({ status: 503, json: AWAY }));
    await dashboard.open('/scaling');
    await page.getByText('No service is scaled').waitFor();
    expect(await dashboard.barriers()).toEqual([]);
    await dashboard.open('/scaling/shop');
    await page.getByText('Another balancer decides, or nobody yet').waitFor();
    await page.getByText('The balancer that decides shows them.').waitFor();
    expect(await dashboard.barriers()).toEqual([]);
    await dashboard.open('/discovery');
    await page.getByRole('alert').getByText(AWAY.detail).waitFor();
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await grid('Found by file:cart.yml').waitFor();
  });

  it('fit a phone', async () => {
    const { page } = dashboard;
    await page.setViewportSize(PHONE.viewport!);
    for (const place of ['/scaling', '/scaling/shop', '/discovery?search=cart']) {
      await dashboard.open(place);
      await page.locator('[data-row="0"]').first().waitFor();
      expect(await dashboard.overflow()).toBe(0);
      await dashboard.screenshot(`${place.replace(/\?.*/, '').replaceAll('/', '-').slice(1)}-phone`);
    }
    expect(dashboard.complaints.unexpected('404', '503')).toEqual([]);
  });
});
