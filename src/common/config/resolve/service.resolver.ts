import type { AlgorithmSettings, UpstreamTls } from '../../contract/snapshot.js';
import { BUILT_IN } from '../built-in-defaults.js';
import { routeHost, routePath } from '../rules/route-claims.js';
import { isConsistentHash } from '../schema/algorithm.schema.js';
import type { AlgorithmInput, DefaultsInput, HealthInput, ServiceInput } from '../schema.js';
import { resolvePolicies } from './policies/index.js';
import { backendLimit } from './policies/queue.resolver.js';
import { resolveRateLimits } from './rate-limit.resolver.js';
import { parseStatusRanges } from '../units/status-ranges.js';
import { milliseconds } from '../units/duration.js';
import type { HealthConfig, ServiceConfig } from '../velocity-config.js';
import { resolveSource } from './discovery.resolver.js';
import { resolveScaling } from './scaling.resolver.js';
import { resolveRetries } from './retries.resolver.js';
import { resolveTimeouts } from './timeouts.resolver.js';
import { resolveBackend } from './backend.resolver.js';
import type { CaFiles } from './ca-files.js';

/** Fills in defaults and resolves units. Its input is valid: see `validateDesired`. */
export class ServiceResolver {
  constructor(
    private readonly defaults: DefaultsInput,
    private readonly caFiles: CaFiles,
  ) {}

  resolve(input: ServiceInput): ServiceConfig {
    const { defaults } = this;
    return {
      name: input.name,
      hosts: (input.hosts ?? []).map(routeHost),
      paths: (input.paths ?? BUILT_IN.paths).map(routePath),
      algorithm: resolveAlgorithm(input.algorithm ?? defaults.algorithm ?? BUILT_IN.algorithm),
      backends: (input.backends ?? []).map((backend) =>
        resolveBackend(input.name, backend, backendLimit(backend.maxInFlight, input, defaults)),
      ),
      health: resolveHealth({ ...defaults.health, ...input.health }),
      timeouts: resolveTimeouts(input.timeouts, defaults.timeouts),
      retries: resolveRetries(input.retries, defaults.retries),
      rateLimits: resolveRateLimits(input.rateLimits ?? []),
      policies: resolvePolicies(input, defaults),
      slowStartMs: milliseconds(input.slowStart ?? defaults.slowStart ?? BUILT_IN.slowStart),
      tls: this.resolveTls({ ...defaults.tls, ...input.tls }),
      scaling: resolveScaling(input.scaling),
      discovery: (input.discovery ?? []).map(resolveSource),
    };
  }

  private resolveTls(tls: NonNullable<DefaultsInput['tls']>): UpstreamTls {
    return {
      ca: tls.ca === undefined ? '' : this.certificates(tls.ca),
      serverName: tls.serverName ?? '',
      verify: tls.verify ?? BUILT_IN.tls.verify,
    };
  }

  private certificates(path: string): string {
    const result = this.caFiles.read(path);
    if (!result.ok) throw new TypeError(result.problem);
    return result.pem;
  }
}

function resolveAlgorithm(input: AlgorithmInput): AlgorithmSettings {
  const settings = typeof input === 'string' ? { name: input } : input;
  const { name } = settings;
  const bound = settings.boundedLoad ?? BUILT_IN.boundedLoad;
  return {
    name,
    header: settings.header?.toLowerCase() ?? '',
    cookie: name === 'sticky-round-robin' ? (settings.cookie ?? BUILT_IN.cookie) : '',
    boundedLoad: isConsistentHash(name) && bound !== 'off' ? bound : 0,
  };
}

function resolveHealth(input: HealthInput): HealthConfig {
  return {
    type: input.type ?? BUILT_IN.health.type,
    port: input.port ?? 0,
    path: input.path ?? BUILT_IN.health.path,
    method: input.method ?? BUILT_IN.health.method,
    headers: input.headers ?? {},
    status: parseStatusRanges(input.status ?? BUILT_IN.health.status) ?? [],
    body: input.body ?? '',
    intervalMs: milliseconds(input.interval ?? BUILT_IN.health.interval),
    timeoutMs: milliseconds(input.timeout ?? BUILT_IN.health.timeout),
    rise: input.rise ?? BUILT_IN.health.rise,
    fall: input.fall ?? BUILT_IN.health.fall,
  };
}
