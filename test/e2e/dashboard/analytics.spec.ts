import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';
import { eventually } from '../../support/eventually.js';
import { folderWithPast, PAST } from '../../support/past-traffic.js';

const SENT = 30;
/** Answered with 200. */
const PATH = '/bytes/1500';
const MINUTE_MS = 60_000;

interface Summary {
  readonly total: { readonly requests: number };
}

describe.skipIf(!findChromium())('the analytics in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.start(stage, { start: { dir: await folderWithPast() } });
    await dashboard.traffic(SENT, PATH);
    await dashboard.traffic(5, '/status/500');
    const path = `/api/v1/analytics/summary?from=-1h&path=${PATH}`;
    await eventually(async () => {
      const { body } = await dashboard.balancer.api<Summary>('GET', path);
      expect(body.total.requests).toBe(SENT);
    });
  });

  const region = (name: string | RegExp) => dashboard.page.getByRole('region', { name });
  const figure = (label: string) =>
    dashboard.page
      .locator('dl > div', { has: dashboard.page.getByText(label, { exact: true }) })
      .locator('dd');
  const row = (name: string | RegExp) => dashboard.page.getByRole('row', { name });

  it('shows traffic that has just been: sums, charts as tables, and the tops', async () => {
    const { page } = dashboard;
    await dashboard.open('/analytics');
    await row(new RegExp(`^${PATH} ${SENT} none before`)).waitFor();
    await page.getByText(/compared with the period before, from roll-ups$/).waitFor();
    await region('Requests').getByRole('button', { name: 'Table of Requests per second' }).click();
    const table = page.getByRole('region', { name: 'Requests per second, as a table' });
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual(['Time', '2xx', '4xx', '5xx']);
    // The past ends three minutes before: what was sent is in the newest rows.
    const newest = await table.getByRole('row').allInnerTexts();
    expect(newest.slice(1, 4).some((text) => /^[\d:]+\t0\.[1-9]/.test(text))).toBe(true);
    await region('Distribution').getByRole('button', { name: 'Table' }).click();
    await page
      .getByRole('region', { name: 'How long exchanges took, as a table' })
      .getByRole('row')
      .nth(3)
      .waitFor();
    await region('Drops').getByRole('button', { name: 'rate_limited' }).waitFor();
  });

  it('can be used by everybody, in both themes', async () => {
    const { page } = dashboard;
    await dashboard.open('/analytics');
    await row(/^\/bytes\/1500/).waitFor();
    expect(await dashboard.barriers()).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 1900 });
    await dashboard.screenshot('analytics');
    await page.setViewportSize({ width: 1280, height: 1024 });
  });

  it('says how it was before, in words', async () => {
    const { page } = dashboard;
    const to = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 10 * MINUTE_MS;
    await dashboard.open(`/analytics?from=${to - 40 * MINUTE_MS}&to=${to}`);
    // The hour before had fewer by the minute; the 40 minutes before these reach into both.
    await expect.poll(() => figure('Requests').first().innerText()).toBe(String(40 * PAST.newer));
    expect(await figure('Requests').nth(1).innerText()).toMatch(/^\+\d+ % more \(\d+\)$/);
    const asked = page.waitForRequest(/analytics\/compare.*baseline=/);
    await page.getByLabel('Compared with').selectOption('a day before');
    expect(new URL((await asked).url()).searchParams.get('baseline')).toBe(
      String(to - 40 * MINUTE_MS - 86_400_000),
    );
    await expect.poll(() => figure('Requests').nth(1).innerText()).toBe('none before');
  });

  it('is narrowed by a click on a row, then leads to the logs with the same', async () => {
    const { page } = dashboard;
    await dashboard.open('/analytics?from=-15m');
    await row(/^\/bytes\/1500/).click();
    await expect.poll(() => figure('Requests').first().innerText()).toBe(String(SENT));
    expect(new URL(page.url()).searchParams.get('path')).toBe(PATH);
    expect(await page.getByLabel('Path', { exact: true }).inputValue()).toBe(PATH);
    await page.getByRole('button', { name: 'Clients' }).click();
    await row(/^127\.0\.0\.1 30/).waitFor();
    await page.getByRole('button', { name: 'Paths' }).click();
    await row(/^\/bytes\/1500 30/).click();
    await page.getByText(`newest first, ${SENT}`).waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      from: '-15m',
      pathPrefix: PATH,
    });
  });

  it('tells apart clients, services, backends and reasons, and orders them', async () => {
    const { page } = dashboard;
    await dashboard.open('/analytics?by=status&order=errors');
    await region('Statuses with the most errors').waitFor();
    await expect.poll(() => page.locator('[data-row="0"]').innerText()).toMatch(/^500/);
    await page.getByRole('button', { name: 'Backends' }).click();
    await row(/^http:\/\/127\.0\.0\.1:\d+ /)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Services' }).click();
    await row(/^shop /).waitFor();
    await page.getByRole('button', { name: 'Drop reasons' }).click();
    await page.getByLabel('Order').selectOption('most drops');
    await row(/^no_backend /).click();
    await page.getByRole('region', { name: 'Drop reasons with the most drops' }).waitFor();
    expect(new URL(page.url()).searchParams.get('dropReason')).toBe('no_backend');
  });

  it('is narrowed to the stretch that is dragged over in a chart, and back', async () => {
    const { page } = dashboard;
    await dashboard.open('/analytics');
    const plot = region('Requests').locator('.u-over');
    await plot.waitFor();
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await page.getByLabel('From').waitFor();
    const { searchParams } = new URL(page.url());
    const minutes = (Number(searchParams.get('to')) - Number(searchParams.get('from'))) / MINUTE_MS;
    expect(minutes).toBeGreaterThan(12);
    expect(minutes).toBeLessThan(19);
    await page.goBack();
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });

  it('takes a range of its own', async () => {
    const { page } = dashboard;
    await dashboard.open('/analytics');
    await page.getByRole('button', { name: 'Custom' }).click();
    await page.getByLabel('From').fill('2026-01-02T03:04');
    await page.getByLabel('To', { exact: true }).fill('2026-01-02T03:04');
    await page.getByText('is not before the end').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2026-01-02T04:04');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('Nothing happened in this time').waitFor();
    expect(await page.getByRole('button', { name: 'Custom' }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Show 30 days' }).click();
    await row(/^\/bytes\/1500/).waitFor();
  });

  it('downloads what it shows as CSV, with the token', async () => {
    const { page } = dashboard;
    await dashboard.open('/analytics');
    await row(/^\/bytes\/1500/).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV of top path' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('velocity-top-path.csv');
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
    expect(lines[0]).toMatch(/^key,isRest,requests,errors,drops,/);
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${PATH},false,${SENT},0,0,`)));
  });

  it('says that it is too much, and what to narrow', async () => {
    await dashboard.open('/analytics?from=-30d&step=1m');
    const alert = region('Requests').getByRole('alert');
    await alert.getByText('Too much to be read').waitFor();
    expect(await alert.innerText()).toContain('a longer step');
    await region('Requests').getByRole('button', { name: 'Show the last hour in automatic steps' }).click();
    await region('Requests').getByRole('button', { name: 'Table' }).waitFor();
  });

  it('says at the field what is wrong with it', async () => {
    const { page } = dashboard;
    await dashboard.open('/analytics?client=somebody');
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByLabel('Client').getAttribute('aria-invalid')).toBe('true');
    expect(await dashboard.barriers()).toEqual([]);
    // Chromium itself writes of each answer that refuses.
    expect(dashboard.complaints.unexpected('400', '422')).toEqual([]);
  });

  it('reads the records where roll-ups do not tell enough, and says so', async () => {
    const { page } = dashboard;
    await dashboard.open(`/analytics?from=-15m&path=${PATH}&client=127.0.0.1`);
    await page
      .getByText(/from the records themselves$/)
      .first()
      .waitFor();
    expect(await figure('Requests').first().innerText()).toBe(String(SENT));
  });

  it('fits a phone', async () => {
    const { page } = dashboard;
    await page.setViewportSize(PHONE.viewport!);
    await dashboard.open('/analytics');
    await row(/^\/bytes\/1500/).waitFor();
    expect(await dashboard.overflow()).toBe(0);
    await dashboard.screenshot('analytics-phone');
    await page.setViewportSize({ width: 1280, height: 1024 });
  });
});
