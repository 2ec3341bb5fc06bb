import { urlHost, type EngineContainer } from '../../../common/docker/index.js';

/** From where the balancer looks at containers. */
export interface ContainerReach {
  /** Network whose addresses are taken; null: the first one that has one. */
  readonly network: string | null;
  /** Whether published ports are preferred: the balancer runs on the engine's machine itself, not in a container. */
  readonly prefersPublished: boolean;
}

/** Either where a backend is reached, or why it is not. */
export type ReachResult = { readonly authority: string } | { readonly problem: string };

/** Listens everywhere, so it does on loopback too. */
const ANY_ADDRESS: Readonly<Record<string, string>> = {
  '': '127.0.0.1',
  '0.0.0.0': '127.0.0.1',
  '::': '[::1]',
};
/** It has no address of its own, but that of the machine. */
const HOST_NETWORK = 'host';

/** Host and port of a container. `labelled`: value of the label `velocity.port`. */
export function containerAddress(
  container: EngineContainer,
  labelled: number | null,
  reach: ContainerReach,
): ReachResult {
  const port = labelled ?? onlyPort(container);
  if (typeof port === 'string') return { problem: port };
  const published = container.ports.find(({ inside, outside }) => inside === port && outside !== null);
  if (reach.network === null && reach.prefersPublished) {
    if (published?.outside) {
      const { host, port: outside } = published.outside;
      return { authority: `${ANY_ADDRESS[host] ?? urlHost(host)}:${outside}` };
    }
    if (HOST_NETWORK in container.addresses) return { authority: `127.0.0.1:${port}` };
  }
  const address = networkAddress(container, reach.network);
  if (address !== null) return { authority: `${urlHost(address)}:${port}` };
  const where =
    reach.network === null ? 'any network' : `the network "${reach.network}" (\`discovery.docker.network\`)`;
  return { problem: `has no address on ${where}` };
}

/** A sentence instead when it is not clear which one is meant. */
function onlyPort({ ports }: EngineContainer): number | string {
  const exposed = [...new Set(ports.map(({ inside }) => inside))].toSorted((a, b) => a - b);
  if (exposed.length === 1) return exposed[0]!;
  return exposed.length === 0
    ? 'exposes no TCP port: say which one it listens on with the label `velocity.port`'
    : `exposes several ports (${exposed.join(', ')}): say which one is meant with the label \`velocity.port\``;
}

/** By name, so that it is the same one at each look. */
function networkAddress({ addresses }: EngineContainer, network: string | null): string | null {
  if (network !== null) return addresses[network] || null;
  const named = Object.keys(addresses).toSorted();
  return named.map((name) => addresses[name] ?? '').find((address) => address !== '') ?? null;
}
