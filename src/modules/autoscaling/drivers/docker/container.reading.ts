import { urlHost, type EngineContainer } from '../../../../common/docker/index.js';
import type { Instance } from '../driver.js';
import { CPUS_LABEL, PORT_LABEL, SETTINGS_LABEL } from './managed-labels.js';

/** What is known of a container beside what a list of the engine tells. */
export interface ContainerKnowledge {
  /** Network of the service; null: ports are published on loopback. */
  readonly network: string | null;
  readonly isStopping: boolean;
  /** Of the present settings. */
  readonly settings: string;
  /** Why it failed; empty: not known. */
  readonly failure: string;
  readonly cpu: number | null;
}

const ENDED = new Set(['exited', 'dead']);

/** Whether it has ended by itself, or because somebody else ended it. */
export function hasEnded({ state }: EngineContainer): boolean {
  return ENDED.has(state);
}

/** A container as a copy of a service. Its health is none of the driver's business: the balancer probes its backends. */
export function instanceOf(container: EngineContainer, known: ContainerKnowledge): Instance {
  const { id, createdAt } = container;
  const url = addressOf(container, known.network);
  const state = stateOf(container, known.isStopping);
  const isRunning = state === 'running';
  return {
    id,
    url: isRunning ? url : null,
    state: isRunning && url === null ? 'starting' : state,
    startedAt: createdAt,
    detail: detailOf(container, known, url),
    cpu: isRunning ? known.cpu : null,
    isOutdated: container.labels[SETTINGS_LABEL] !== known.settings,
  };
}

/** In cores; null: no limit, so that all of the engine's are its own. */
export function cpuLimit({ labels }: EngineContainer): number | null {
  return Number(labels[CPUS_LABEL]) || null;
}

function stateOf(container: EngineContainer, isStopping: boolean): Instance['state'] {
  if (isStopping || container.state === 'removing') return 'stopping';
  if (hasEnded(container)) return 'failed';
  return container.state === 'running' || container.state === 'paused' ? 'running' : 'starting';
}

function addressOf(container: EngineContainer, network: string | null): string | null {
  const inside = Number(container.labels[PORT_LABEL]);
  if (network !== null) {
    const address = container.addresses[network] ?? '';
    return address === '' ? null : `http://${urlHost(address)}:${inside}`;
  }
  const port = container.ports.find((port) => port.inside === inside && port.outside !== null);
  return port?.outside ? `http://${urlHost(port.outside.host)}:${port.outside.port}` : null;
}

function detailOf(container: EngineContainer, known: ContainerKnowledge, url: string | null): string {
  if (hasEnded(container)) return known.failure === '' ? container.status : known.failure;
  if (container.state === 'paused') return 'is paused';
  if (container.state !== 'running' || url !== null) return '';
  return known.network === null
    ? `its port ${container.labels[PORT_LABEL]} is not published`
    : `is not on the network "${known.network}"`;
}
