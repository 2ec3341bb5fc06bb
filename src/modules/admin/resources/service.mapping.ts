import type { ServiceConfig, ServiceInput } from '../../../common/config/index.js';
import type { CircuitStateName } from '../../../common/contract/index.js';
import { scalingSettingsOf, sourceResourceOf } from './scaling-settings.resource.js';
import type { BackendResource, EffectiveService } from './service.resource.js';

/** A service as the API shows it. */
export interface ServiceResource {
  readonly name: string;
  readonly definition: ServiceInput;
  readonly effective: EffectiveService;
  /** Of the service as a whole. */
  readonly breaker: CircuitStateName;
  readonly backends: readonly BackendResource[];
  readonly queue: QueueState;
}

/** Exchanges of a service now, over all workers. */
export interface QueueState {
  /** Under `maxInFlight`. */
  readonly running: number;
  readonly waiting: number;
}

/** What runs, without the text of certificates. */
export function effectiveOf(service: ServiceConfig): EffectiveService {
  const { hosts, paths, algorithm, health, timeouts, retries, rateLimits, policies, slowStartMs, tls } =
    service;
  const { scaling, discovery } = service;
  return {
    hosts: [...hosts],
    paths: [...paths],
    algorithm,
    health: { ...health, status: [...health.status] },
    timeouts,
    retries: { ...retries, statuses: [...retries.statuses] },
    rateLimits: rateLimits.map((limit) => ({ ...limit, by: [...limit.by] })),
    policies: structuredClone(policies) as EffectiveService['policies'],
    slowStartMs,
    tls: { ownAuthority: tls.ca !== '', serverName: tls.serverName, verify: tls.verify },
    scaling: scalingSettingsOf(scaling),
    discovery: discovery.map(sourceResourceOf),
  };
}
