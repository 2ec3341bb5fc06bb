import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { endOrphans } from '../../src/modules/autoscaling/drivers/process/index.js';
import { BalancerProcess } from '../../test/support/balancer-process.js';
import { PROCESSES } from '../../test/support/scaled.view.js';
import type { Site } from './site.js';

/** Measures a balancer that may start processes; however that ends, the balancer and all that it has started are ended. */
export async function withBalancer(
  site: Site,
  services: readonly object[],
  measure: (balancer: BalancerProcess) => Promise<void>,
  more: object = {},
): Promise<void> {
  const dir = mkdtempSync(path.join(site.folder, 'balancer-'));
  const config = {
    listeners: [{ host: '127.0.0.1', port: 0 }],
    admin: { host: '127.0.0.1', port: 0 },
    workers: 2,
    services,
    ...PROCESSES,
    ...more,
  };
  const balancer = await BalancerProcess.start(config, { dir });
  // A measurement that is ended: the balancer ends its processes, and then itself.
  const end = () => void balancer.child.kill('SIGTERM');
  process.once('exit', end);
  try {
    await measure(balancer);
  } catch (error) {
    console.error(balancer.printLog().slice(-4_000));
    throw error;
  } finally {
    await balancer.stop();
    process.off('exit', end);
    await endOrphans(path.join(dir, 'data', 'processes'), []);
  }
}
