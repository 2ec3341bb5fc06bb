import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { configOf, Stage, STEADY_HEALTH } from './balanced.js';
import type { BalancerProcess, StartOptions } from './balancer-process.js';
import { ARTEFACTS, Complaints, openBrowser } from './chromium.js';
import { eventually } from './eventually.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TWO_FRAMES = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)))`;
/** What a phone of today shows. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};

export interface DashboardOptions {
  /** Of the configuration. Default: `shop` with three backends and `api` with two, all there. */
  readonly services?: readonly object[];
  /** More of the configuration. */
  readonly config?: object;
  readonly browser?: BrowserContextOptions;
  /** How the balancer is started. */
  readonly start?: StartOptions;
}

/**
 * A balancer that runs from the build, backends behind it, and a real browser that is signed in to its dashboard. Start it
 * in `beforeAll`; it ends after the spec file.
 */
export class Dashboard {
  private constructor(
    readonly balancer: BalancerProcess,
    readonly browser: BrowserContext,
    readonly page: Page,
    readonly complaints: Complaints,
  ) {}

  /** `stage`: made in the `describe`, so that it ends what was started. */
  static async start(stage: Stage, options: DashboardOptions = {}): Promise<Dashboard> {
    const services = options.services ?? (await usualServices(stage));
    const balancer = await stage.balancer(
      configOf(services, { defaults: { health: STEADY_HEALTH }, ...options.config }),
      options.start,
    );
    const browser = await openBrowser(stage, { reducedMotion: 'reduce', ...options.browser });
    const page = await browser.newPage();
    const dashboard = new Dashboard(balancer, browser, page, new Complaints(page, balancer.adminUrl));
    await dashboard.signIn();
    return dashboard;
  }

  /** By the link that the start prints. */
  async signIn(token = this.balancer.token): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(`${this.balancer.adminUrl}/#token=${token}`);
    await this.page.locator('#page').waitFor();
  }

  /** Opens a page of the dashboard by its path, and waits for its heading. */
  async open(path: string): Promise<void> {
    await this.page.goto(this.balancer.adminUrl + path);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  /** Saves what is shown as `dashboard-<name>-light.png` and `-dark.png`. */
  async screenshot(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.paint(colorScheme);
      await this.page.screenshot({ path: join(ARTEFACTS, `dashboard-${name}-${colorScheme}.png`) });
    }
    await this.paint('light');
  }

  /** Resolves when all has the colours: canvases are drawn anew, and transitions are over, a frame later. */
  private async paint(colorScheme: 'light' | 'dark'): Promise<void> {
    await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await this.page.evaluate(TWO_FRAMES);
  }

  /** What axe finds wrong with what is shown: rule and place of each. */
  async barriers(): Promise<string[]> {
    // Not as a script element: the page's policy would rightly refuse that.
    await this.page.evaluate(AXE);
    return this.page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
    });
  }

  /** Pixels by which the page is wider than its window; 0: it is not. */
  overflow(): Promise<number> {
    return this.page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
  }

  /** Sends requests until something is there. Resolves with how many were answered. */
  async trafficUntil(isThere: () => Promise<unknown>, path = '/'): Promise<number> {
    let isOver = false;
    const over = isThere().finally(() => (isOver = true));
    let sent = 0;
    // oxlint-disable-next-line no-unmodified-loop-condition -- `over` changes it
    for (; !isOver; sent += 1) await this.traffic(1, path);
    await over;
    return sent;
  }

  /** Resolves when so many exchanges are in the access log: a record is there a second or two after its exchange. */
  async recorded(count: number, pathPrefix = '/'): Promise<void> {
    const path = `/api/v1/access-logs?limit=1000&pathPrefix=${encodeURIComponent(pathPrefix)}`;
    await eventually(async () => {
      const { body } = await this.balancer.api<{ items: unknown[] }>('GET', path);
      if (body.items.length < count) throw new Error(`${body.items.length} of ${count} are recorded.`);
    });
  }

  /** Ids of the backends of a service. */
  async allBackends(service: string): Promise<string[]> {
    const path = `/api/v1/services/${service}/backends`;
    const { body } = await this.balancer.api<{ items: { id: string }[] }>('GET', path);
    return body.items.map(({ id }) => id);
  }

  /** Sends so many requests through the balancer. Resolves when all are answered. */
  async traffic(count: number, path = '/', headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const url = `http://127.0.0.1:${this.balancer.trafficPort}${path}`;
    for (let sent = 0; sent < count; sent += 1) {
      const response = await fetch(url, { headers });
      await response.arrayBuffer();
    }
  }
}

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

async function usualServices(stage: Stage): Promise<object[]> {
  const ports = (await stage.backends(5)).map(({ port }) => `http://127.0.0.1:${port}`);
  return [
    { name: 'shop', paths: ['/'], algorithm: 'round-robin', backends: ports.slice(0, 3) },
    { name: 'api', paths: ['/api'], algorithm: 'least-connections', backends: ports.slice(3) },
  ];
}
