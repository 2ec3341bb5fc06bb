import { BUILT_IN } from '../built-in-defaults.js';
import type { DiscoverySourceConfig, DockerDiscoveryConfig } from '../discovery-config.js';
import type { DriversConfig } from '../scaling-config.js';
import type { ConfigInput, DiscoverySourceInput } from '../schema.js';
import { milliseconds } from '../units/duration.js';
import { nameServer } from '../units/name-server.js';

/** Its input is valid. */
export function resolveSource(input: DiscoverySourceInput): DiscoverySourceConfig {
  if (input.file !== undefined) return { type: 'file', path: input.file };
  const { dns = '', record, port = 0, scheme } = { ...BUILT_IN.discovery, ...input };
  const { min, max } = { ...BUILT_IN.discovery.interval, ...input.interval };
  return {
    type: 'dns',
    name: dns.toLowerCase(),
    record,
    port,
    scheme,
    minIntervalMs: milliseconds(min),
    maxIntervalMs: milliseconds(max),
    servers: (input.servers ?? []).map((text) => nameServer(text) ?? text),
  };
}

export function resolveDockerDiscovery(input: ConfigInput['discovery']): DockerDiscoveryConfig | null {
  return input?.docker === undefined ? null : { network: input.docker.network ?? null };
}

export function resolveDrivers(input: ConfigInput['drivers'] = {}): DriversConfig {
  const { process, docker, kubernetes, webhook } = input;
  return {
    process: process === undefined ? null : { ...BUILT_IN.drivers.process, ...process },
    docker: docker === undefined ? null : resolveEngine(docker),
    kubernetes:
      kubernetes === undefined
        ? null
        : { kubeconfig: kubernetes.kubeconfig ?? null, context: kubernetes.context ?? null },
    webhook: webhook !== undefined,
  };
}

function resolveEngine(input: { socket?: string; url?: string }): DriversConfig['docker'] {
  if (input.url !== undefined) return { url: input.url };
  return { socketPath: input.socket ?? BUILT_IN.drivers.docker.socket };
}
