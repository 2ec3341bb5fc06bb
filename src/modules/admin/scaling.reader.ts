import { Injectable } from '@nestjs/common';
import { VelocityError } from '../../common/errors/index.js';
import type { ScalingStatus } from '../autoscaling/index.js';
import { RegistryPort, ScalingPort } from './ports.js';
import type { ScalingList, ScalingResource } from './resources/scaling.resource.js';
import { serviceIn } from './service.reader.js';

/** Shows how many copies of services run, and why. */
@Injectable()
export class ScalingReader {
  constructor(
    private readonly registry: RegistryPort,
    private readonly scaling: ScalingPort,
  ) {}

  list(): ScalingList {
    return { items: this.scaling.list().map(resourceOf) };
  }

  /** Throws SERVICE_NOT_FOUND, also for a service without scaling. */
  get(name: string): ScalingResource {
    const status = this.scaling.list().find(({ service }) => service === name);
    if (status !== undefined) return resourceOf(status);
    serviceIn(this.registry.current(), name);
    throw new VelocityError(
      'SERVICE_NOT_FOUND',
      `Service ${name} has no scaling: give it \`scaling\`, or look at GET /api/v1/scaling for those that have.`,
    );
  }
}

function resourceOf(status: ScalingStatus): ScalingResource {
  const { instances, decision } = status;
  return {
    ...status,
    instances: instances.map((instance) => ({ ...instance })),
    decision:
      decision === null
        ? null
        : { ...decision, wanted: decision.wanted.map((one) => ({ ...one })), limits: [...decision.limits] },
  };
}
