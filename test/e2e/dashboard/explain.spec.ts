import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard, PHONE } from '../../support/dashboard.js';

/** Each look asks anew, which breaks off the one before. */
const PATIENTLY = { timeout: 20_000, interval: 500 };

describe.skipIf(!findChromium())('the explanation of a request in the dashboard', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await Dashboard.start(stage);
  });

  it('says where a request would go, and how that is decided', async () => {
    const { page } = dashboard;
    await dashboard.open('/logs');
    await page.getByRole('button', { name: 'Explain a request' }).click();
    await page.getByText('Ask away').waitFor();
    await page.getByRole('button', { name: 'What would happen' }).click();
    await page.getByText('is missing: where does the request come from?').waitFor();
    await page.getByLabel('Host').fill('anything.test');
    await page.getByLabel('Path').fill('/cart?id=7');
    await page.getByLabel('Client address').fill('192.0.2.7');
    await page.getByRole('button', { name: 'Add a header' }).click();
    await page.getByLabel('Header 1', { exact: true }).fill('X-Tenant: acme');
    await page.getByRole('button', { name: 'What would happen' }).click();
    await page.getByText('Forwarded', { exact: true }).waitFor();
    await page.getByText(/^Now: it would go to http:\/\/127\.0\.0\.1:\d+\.$/).waitFor();
    await page.getByRole('heading', { name: 'First pick' }).waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      method: 'GET',
      host: 'anything.test',
      path: '/cart?id=7',
      ip: '192.0.2.7',
      header: 'X-Tenant: acme',
    });
    expect(await dashboard.barriers()).toEqual([]);
    await dashboard.screenshot('explain');
  });

  it('says at the field what is wrong', async () => {
    const { page } = dashboard;
    await page.getByLabel('Client address').fill('somewhere');
    await page.getByRole('button', { name: 'What would happen' }).click();
    await page
      .getByText(/must be one IPv4 or IPv6 address/)
      .first()
      .waitFor();
    expect(await page.getByLabel('Client address').getAttribute('aria-invalid')).toBe('true');
  });

  it('says why what was refused was refused, and what would become of it now', async () => {
    const { page, balancer } = dashboard;
    const backends = await dashboard.allBackends('api');
    const set = async (state: string) => {
      for (const id of backends)
        await balancer.api('PATCH', `/api/v1/services/api/backends/${id}`, { state });
    };
    await set('draining');
    await dashboard.traffic(1, '/api/refused');
    await dashboard.recorded(1, '/api/refused');
    await dashboard.open('/logs?pathPrefix=/api/refused');
    await page.locator('[data-row="0"]').click();
    const decision = page.getByRole('region', { name: 'Decision' });
    await decision.getByText(/^Ended: the balancer answered 503 \(no_backend\) after /).waitFor();
    await page.getByRole('button', { name: 'What would happen now' }).click();
    await page.getByText('Refused', { exact: true }).waitFor();
    await page.getByText('Now: the balancer would answer 503 (no_backend).').waitFor();
    expect(await dashboard.barriers()).toEqual([]);
    await set('enabled');
    await expect
      .poll(async () => {
        await page.getByRole('button', { name: 'What would happen' }).click();
        return page.getByText('Forwarded', { exact: true }).count();
      }, PATIENTLY)
      .toBe(1);
  });

  it('is asked from a service with its host and path, on a phone too', async () => {
    const { page } = dashboard;
    await page.setViewportSize(PHONE.viewport!);
    await dashboard.open('/services/api');
    await page.getByRole('button', { name: 'Explain a request' }).click();
    expect(await page.getByLabel('Path').inputValue()).toBe('/api');
    await page.getByLabel('Client address').fill('2001:db8::7');
    await page.getByRole('button', { name: 'What would happen' }).click();
    await page.getByText('Forwarded', { exact: true }).waitFor();
    expect(await dashboard.overflow()).toBe(0);
    await dashboard.screenshot('explain-phone');
    expect(dashboard.complaints.unexpected('400')).toEqual([]);
  });
});
