import type { DriversConfig, ScalingDriverConfig } from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import type { ScalingLog } from '../scaling.journal.js';
import type { Driver } from './driver.js';

export interface DriverFactoryParts {
  readonly drivers: DriversConfig;
  readonly log: ScalingLog;
}

type Kind = ScalingDriverConfig['driver'];

/** Makes the driver of a service. What it needs is loaded when the first service needs it. */
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
      default:
        throw new VelocityError('DRIVER_REFUSED', `There is no driver ${source.driver} in this version.`);
    }
  }

  private async process(service: string, settings: ScalingDriverConfig & { driver: 'process' }): Promise<Driver> {
    const { ProcessDriver } = await import('./process/index.js');
    const { folder } = this.parts.drivers.process!;
    return new ProcessDriver({ service, settings, folder, log: this.parts.log });
  }
}
