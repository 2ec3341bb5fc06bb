import path from 'node:path';
import { onTestFinished } from 'vitest';
import { endOrphans } from '../../src/modules/autoscaling/drivers/process/index.js';
import type { Stage } from './balanced.js';
import type { BalancerProcess, StartOptions } from './balancer-process.js';

export * from './scaled.view.js';

/** A balancer that is stopped after the running test, with all that it has started, also when it was killed. */
export async function scalingBalancer(
  stage: Stage,
  config: object,
  options: StartOptions = {},
): Promise<BalancerProcess> {
  const balancer = await stage.balancer(config, options);
  onTestFinished(async () => {
    await balancer.stop();
    await endOrphans(path.join(balancer.dir, 'data', 'processes'), []);
  });
  return balancer;
}
