import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Stage } from './balanced.js';
import { requireOrSkip } from './requirements.js';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Whether specs that need a browser can run; says so or fails when they cannot. Ask once per spec file. */
export function findChromium(): boolean {
  const isThere = existsSync(executablePath);
  if (!isThere) requireOrSkip('chromium', `${executablePath} does not exist (set CHROMIUM_PATH)`);
  return isThere;
}

/** Where screenshots go, for whoever wants to look; the newest run replaces the last one's. */
export const ARTEFACTS = process.env['VELOCITY_ARTEFACTS'] ?? join(tmpdir(), 'velocity-artefacts');

/** A browser with a profile of its own, closed after the spec file. It asks no server but those it is led to. */
export async function openBrowser(
  stage: Stage,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'velocity-chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 1024 },
    ...options,
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
  stage.ends(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  });
  mkdirSync(ARTEFACTS, { recursive: true });
  return browser;
}

/** What a page complained about: errors on its console, uncaught ones, and requests to anybody else. */
export class Complaints {
  readonly errors: string[] = [];
  readonly foreign: string[] = [];

  constructor(page: Page, ownUrl: string) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(ownUrl) && !url.startsWith('data:') && url !== 'about:blank')
        this.foreign.push(url);
    });
  }

  /** Those that are not expected: `allowed` are parts of texts. */
  unexpected(...allowed: readonly string[]): string[] {
    const isAllowed = (text: string) => allowed.some((part) => text.includes(part));
    return [...this.errors.filter((text) => !isAllowed(text)), ...this.foreign];
  }
}
