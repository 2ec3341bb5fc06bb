import { createHash, randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import type { DockerDriverConfig } from '../../../../common/config/index.js';
import { CPUS_LABEL, MANAGED_LABEL, PORT_LABEL, SETTINGS_LABEL } from './managed-labels.js';

const NANO = 1e9;
/** A copy has an address or a port of its own: in these, all would share one. */
const SHARED_NETWORK = /^(host|none|container:.*)$/;

/** What is wrong with the settings, as far as it can be seen without the engine; null: nothing. */
export function settingsProblem({ network }: DockerDriverConfig, isLocal: boolean): string | null {
  if (network === null && !isLocal) {
    return 'the engine is on another machine or behind a proxy, so a port published on its loopback cannot be reached: name a `network` that the balancer is on';
  }
  if (network !== null && SHARED_NETWORK.test(network)) {
    return `copies cannot share the network "${network}": name a network on which each has an address of its own, or none`;
  }
  return null;
}

/** What the engine is asked to create. `mark`: whose container it is, see MANAGED_LABEL. */
export function containerSettings(
  config: DockerDriverConfig,
  mark: string,
): Dockerode.ContainerCreateOptions {
  const port = `${config.port}/tcp`;
  const published = { PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '' }] } };
  return {
    Image: config.image,
    ...(config.command === null ? {} : { Cmd: [...config.command] }),
    Env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
    ExposedPorts: { [port]: {} },
    // Ours come last: nobody's label may make a container somebody else's.
    Labels: {
      ...config.labels,
      [MANAGED_LABEL]: mark,
      [PORT_LABEL]: String(config.port),
      [CPUS_LABEL]: config.cpus === null ? '' : String(config.cpus),
      [SETTINGS_LABEL]: settingsDigest(config),
    },
    HostConfig: {
      // The fleet replaces what ends: a container that the engine starts again would be there twice.
      RestartPolicy: { Name: 'no' },
      ...(config.network === null ? published : { NetworkMode: config.network }),
      ...(config.memoryBytes === null ? {} : memory(config.memoryBytes)),
      ...(config.cpus === null ? {} : { NanoCpus: Math.round(config.cpus * NANO) }),
    },
  };
}

/** The same for the same containers, in whatever order variables and labels are written. */
export function settingsDigest(config: DockerDriverConfig): string {
  const { image, command, env, port, network, memoryBytes, cpus, labels } = config;
  const text = JSON.stringify([
    image,
    command,
    sorted(env),
    port,
    network,
    memoryBytes,
    cpus,
    sorted(labels),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function sorted(entries: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(entries).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Free names are found by chance; a person sees at once whose container it is. */
export function containerName(service: string): string {
  return `velocity-${service}-${randomBytes(4).toString('hex')}`;
}

/** Without the second value the engine allows as much again in swap. */
function memory(bytes: number): Dockerode.HostConfig {
  return { Memory: bytes, MemorySwap: bytes };
}
