import { existsSync } from 'node:fs';
import type { DockerDiscoveryConfig } from '../../../common/config/index.js';
import type { EngineClient } from '../../../common/docker/index.js';
import type { ContainerReach } from './container.address.js';

/** What Docker and Podman put into each container. */
const MARKS_OF_CONTAINERS = ['/.dockerenv', '/run/.containerenv'];

/** How this process reaches containers of the engine. */
export function containerReach({ network }: DockerDiscoveryConfig, engine: EngineClient): ContainerReach {
  const isInContainer = MARKS_OF_CONTAINERS.some((path) => existsSync(path));
  return { network, prefersPublished: engine.isLocal && !isInContainer };
}
