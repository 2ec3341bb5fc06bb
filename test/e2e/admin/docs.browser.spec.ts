import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInLink } from '../../../src/modules/admin/index.js';
import { requireOrSkip } from '../../support/requirements.js';
import { AdminApplication } from './admin.application.js';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const hasChromium = existsSync(executablePath);
if (!hasChromium) requireOrSkip('chromium', `${executablePath} does not exist (set CHROMIUM_PATH)`);

/** Screenshots for whoever wants to look; the newest run replaces the last one's. */
const artefacts = process.env['VELOCITY_ARTEFACTS'] ?? join(tmpdir(), 'velocity-artefacts');

describe.skipIf(!hasChromium)('the documentation in a browser', () => {
  let admin: AdminApplication;
  let profile: string;
  let browser: BrowserContext;
  let page: Page;
  const complaints: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    admin = await AdminApplication.start();
    const shop = { name: 'shop-of-the-browser-test', backends: ['http://127.0.0.1:9'] };
    expect((await admin.call('POST', '/api/v1/services', { body: shop })).status).toBe(201);
    profile = mkdtempSync(join(tmpdir(), 'velocity-chromium-'));
    browser = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      viewport: { width: 1280, height: 1024 },
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(admin.url) && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });
    mkdirSync(artefacts, { recursive: true });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
    await admin.stop();
  });

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
    await page.screenshot({ path: join(artefacts, 'admin-docs.png') });
  });

  it('is signed in by the link of the start, and forgets the token in the address', async () => {
    await page.goto('about:blank');
    await page.goto(signInLink({ host: '127.0.0.1', port: admin.port, secure: false }, admin.token.value));
    await page.locator('.auth-wrapper .btn.authorize.locked').waitFor();
    expect(page.url()).toBe(`${admin.url}/docs`);
    expect((await listServices()).status).toBe(200);
  });

  it('breaks no rule of its own policy and asks nobody else', () => {
    const unexpected = complaints.filter((complaint) => !complaint.includes('401 (Unauthorized)'));
    expect(unexpected).toEqual([]);
    expect(foreign).toEqual([]);
  });
});
