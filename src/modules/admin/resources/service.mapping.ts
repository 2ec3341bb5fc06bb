import type { ServiceConfig, ServiceInput } from '../../../common/config/index.js';
import type { BackendResource, EffectiveService } from './service.resource.js';

/** A service as the API shows it. */
export interface ServiceResource {
  readonly name: string;
  readonly definition: ServiceInput;
  readonly effective: EffectiveService;
  readonly backends: readonly BackendResource[];
}

/** What runs, without the text of certificates. */
export function effectiveOf(service: ServiceConfig): EffectiveService {
  const { hosts, paths, algorithm, health, timeouts, retries, rateLimits, policies, slowStartMs, tls } =
    service;
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
  };
}
