import { createHash } from 'node:crypto';
import {
  type DriversConfig,
  processEnvironment,
  type ScalingDriverConfig,
} from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import type { ScalingLog } from '../scaling.journal.js';
import type { Driver } from './driver.js';

type Kind = ScalingDriverConfig['driver'];
type Settings<K extends Kind> = Extract<ScalingDriverConfig, { readonly driver: K }>;

export interface DriverFactoryParts {
  readonly drivers: DriversConfig;
  readonly log: ScalingLog;
  /** Something that all balancers of one store have in common, and nobody else. */
  readonly commonSecret: () => string;
}

/** Makes the driver of a service. What a kind of driver needs is loaded when the first service uses it. */
export class DriverFactory {
  constructor(private readonly parts: DriverFactoryParts) {}

  /** Why services cannot use a driver of this kind; empty: they can. */
  problemWith(kind: Kind): string {
    const setting = this.parts.drivers[kind];
    if (setting !== null && setting !== false) return '';
    return `The configuration has no \`drivers.${kind}\`: nothing may be started by it. Add it, and restart the balancer.`;
  }

  /** Rejects with DRIVER_REFUSED when the configuration does not allow it. */
  async open(service: string, source: ScalingDriverConfig): Promise<Driver> {
    const problem = this.problemWith(source.driver);
    if (problem !== '') throw new VelocityError('DRIVER_REFUSED', problem);
    switch (source.driver) {
      case 'process':
        return this.process(service, source);
      case 'docker':
        return this.docker(service, source);
      case 'kubernetes':
        return this.kubernetes(source);
      case 'webhook':
        return this.webhook(service, source);
    }
  }

  private async process(service: string, settings: Settings<'process'>): Promise<Driver> {
    const { ProcessDriver } = await import('./process/index.js');
    const { folder } = this.parts.drivers.process!;
    return new ProcessDriver({ service, settings, folder, log: this.parts.log });
  }

  private async docker(service: string, config: Settings<'docker'>): Promise<Driver> {
    const [{ DockerDriver }, { EngineClient }] = await Promise.all([
      import('./docker/index.js'),
      import('../../../common/docker/index.js'),
    ]);
    const engine = new EngineClient(this.parts.drivers.docker!);
    // Not the secret itself: whoever may look at containers sees their labels.
    const owner = createHash('sha256').update(this.parts.commonSecret()).digest('hex').slice(0, 16);
    return new DockerDriver({ engine, owner, service, config });
  }

  private async kubernetes(settings: Settings<'kubernetes'>): Promise<Driver> {
    const { KubernetesDriver } = await import('./kubernetes/index.js');
    const surroundings = { environment: processEnvironment() };
    return new KubernetesDriver({ settings, access: this.parts.drivers.kubernetes!, surroundings });
  }

  private async webhook(service: string, settings: Settings<'webhook'>): Promise<Driver> {
    const { WebhookDriver } = await import('./webhook/index.js');
    return new WebhookDriver({ service, settings });
  }
}
