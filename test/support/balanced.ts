import { afterAll } from 'vitest';
import { BalancerProcess, type StartOptions } from './balancer-process.js';
import { type BackendProcess, type BackendProcessOptions, startBackendProcess } from './backend-process.js';

/** Starts balancers and backends for one spec file, and ends them all after it, whatever happened. */
export class Stage {
  private readonly disposals: (() => Promise<unknown>)[] = [];

  constructor() {
    afterAll(async () => {
      await Promise.all(this.disposals.splice(0).map((dispose) => dispose()));
    });
  }

  /** Is called after the spec file, whatever happened. */
  ends(dispose: () => Promise<unknown>): void {
    this.disposals.push(dispose);
  }

  async backend(options: BackendProcessOptions = {}): Promise<BackendProcess> {
    const backend = await startBackendProcess(options);
    this.disposals.push(() => backend.kill());
    return backend;
  }

  async backends(count: number): Promise<BackendProcess[]> {
    return Promise.all(Array.from({ length: count }, () => this.backend()));
  }

  async balancer(config: object | string, options: StartOptions = {}): Promise<BalancerProcess> {
    const balancer = await BalancerProcess.start(config, options);
    this.disposals.push(() => balancer.dispose());
    await balancer.probed();
    return balancer;
  }
}

/** A configuration on free ports of the loopback with these services. */
export function configOf(services: readonly object[], more: object = {}): object {
  return {
    listeners: [{ host: '127.0.0.1', port: 0 }],
    admin: { host: '127.0.0.1', port: 0 },
    workers: 2,
    log: { format: 'json' },
    services,
    ...more,
  };
}

/** For tests about changes of health: seen within a second or two, and patient enough for a busy machine. */
export const QUICK_HEALTH = {
  type: 'http',
  path: '/health',
  interval: '400ms',
  timeout: '390ms',
  rise: 2,
  fall: 3,
};

/** For all others: health is there, and does not change because the machine is busy. */
export const STEADY_HEALTH = {
  type: 'http',
  path: '/health',
  interval: '5s',
  timeout: '4s',
  rise: 1,
  fall: 5,
};
