import { Agent, get } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../../support/balanced.js';
import { findChromium } from '../../support/chromium.js';
import { Dashboard } from '../../support/dashboard.js';
import { mainThreadTasks } from '../../support/main-thread.js';

const SERVICES = 100;
const BACKENDS = 10;
const FRAME_MS = 16;
const MOST_MEMORY_BYTES = 100 * 1024 * 1024;
/** How long it is watched. `VELOCITY_DASHBOARD_SECONDS=600` for the ten minutes that are promised. */
const SECONDS = Number(process.env['VELOCITY_DASHBOARD_SECONDS'] ?? 10);
/** A trace of each second of ten minutes would be gigabytes: these are looked at, at the end. */
const TRACED_SECONDS = Math.min(SECONDS, 10);

describe.skipIf(!findChromium())('the overview of 100 services and 1,000 backends', () => {
  const stage = new Stage();
  let dashboard: Dashboard;

  beforeAll(async () => {
    const { port } = await stage.backend();
    const services = Array.from({ length: SERVICES }, (_, service) => ({
      name: `service-${service}`,
      paths: [`/${service}/`],
      backends: Array.from(
        { length: BACKENDS },
        (_, backend) => `http://127.2.${service}.${backend + 1}:${port}`,
      ),
    }));
    dashboard = await Dashboard.start(stage, {
      services,
      config: { defaults: { health: { type: 'none' } } },
    });
  });

  it(
    'takes less than a frame of processor time a time, and memory that does not grow',
    { timeout: (SECONDS + 60) * 1_000 },
    async () => {
      const { page, balancer } = dashboard;
      await page.getByText('1,000 of 1,000').waitFor();
      const traffic = new Traffic(balancer.trafficPort);
      const before = await heapOf(dashboard);
      await page.waitForTimeout((SECONDS - TRACED_SECONDS) * 1_000);
      const tasks = await mainThreadTasks(page, TRACED_SECONDS);
      traffic.end();
      expect(traffic.answered).toBeGreaterThan(SERVICES);
      // Each second has at least the event and its frame.
      expect(tasks.length).toBeGreaterThan(TRACED_SECONDS);
      // The few longest are the profiler's start and what else the machine did.
      expect(tasks.toSorted((a, b) => b - a)[5]).toBeLessThan(FRAME_MS);
      const after = await heapOf(dashboard);
      expect(after).toBeLessThan(MOST_MEMORY_BYTES);
      expect(after - before).toBeLessThan(2 * 1024 * 1024);
    },
  );
});

/** Requests to all services in turn, a few at a time. */
class Traffic {
  answered = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });
  private isOver = false;

  constructor(private readonly port: number) {
    for (let lane = 0; lane < 8; lane += 1) this.next();
  }

  end(): void {
    this.isOver = true;
    this.agent.destroy();
  }

  private next(): void {
    if (this.isOver) return;
    const path = `/${this.answered % SERVICES}/`;
    get({ host: '127.0.0.1', port: this.port, path, agent: this.agent }, (response) => {
      response.resume();
      response.on('end', () => {
        this.answered += 1;
        setTimeout(() => this.next(), 10);
      });
    }).on('error', () => undefined);
  }
}

/** What the scripts of the page hold, without garbage. */
async function heapOf({ page }: Dashboard): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
