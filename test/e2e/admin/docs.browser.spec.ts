import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { ARTEFACTS, Complaints, findChromium, openBrowser } from '../../support/chromium.js';
import { AdminApplication } from './admin.application.js';

const hasChromium = findChromium();

describe.skipIf(!hasChromium)('the documentation in a browser', () => {
  const stage = new Stage();
  let admin: AdminApplication;
  let page: Page;
  let complaints: Complaints;

  beforeAll(async () => {
    admin = await AdminApplication.start();
    const shop = { name: 'shop-of-the-browser-test', backends: ['http://127.0.0.1:9'] };
    expect((await admin.call('POST', '/api/v1/services', { body: shop })).status).toBe(201);
    const browser = await openBrowser(stage);
    page = await browser.newPage();
    complaints = new Complaints(page, admin.url);
  });
  afterAll(() => admin.stop());

  /** Opens "GET /api/v1/services", sends it, and resolves with the status and the text that Swagger UI shows. */
  async function listServices(): Promise<{ status: number; text: string }> {
    const operation = page.locator('#operations-Services-services_list');
    await operation.locator('.opblock-summary-control').click();
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/services'));
    await operation.getByRole('button', { name: 'Execute' }).click();
    const status = (await answered).status();
    const response = operation.locator('.live-responses-table .response', { hasText: `${status}` });
    await response.waitFor();
    return { status, text: await response.locator('.response-col_description').innerText() };
  }

  it('needs the token for its calls, which "Authorize" takes', async () => {
    await page.goto(`${admin.url}/docs`);
    const refused = await listServices();
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('UNAUTHENTICATED');
    await page.locator('.auth-wrapper .btn.authorize').click();
    await page.locator('.auth-container input').fill(admin.token.value);
    await page.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.auth-btn-wrapper .btn-done').click();
    const operation = page.locator('#operations-Services-services_list');
    await operation.locator('.opblock-summary-control').click();
    const { status, text } = await listServices();
    expect(status).toBe(200);
    expect(text).toContain('shop-of-the-browser-test');
    await page.screenshot({ path: join(ARTEFACTS, 'admin-docs.png') });
  });

  it('is signed in by a token in the link, and forgets the token in the address', async () => {
    await page.goto('about:blank');
    await page.goto(`${admin.url}/docs#token=${admin.token.value}`);
    await page.locator('.auth-wrapper .btn.authorize.locked').waitFor();
    expect(page.url()).toBe(`${admin.url}/docs`);
    expect((await listServices()).status).toBe(200);
  });

  it('breaks no rule of its own policy and asks nobody else', () => {
    expect(complaints.unexpected('401 (Unauthorized)')).toEqual([]);
  });
});
