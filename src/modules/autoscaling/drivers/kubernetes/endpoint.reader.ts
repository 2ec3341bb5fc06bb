import type { V1Endpoint, V1EndpointSlice } from '@kubernetes/client-node';
import { VelocityError } from '../../../../common/errors/index.js';

/** One place behind a Kubernetes Service. */
export interface FoundEndpoint {
  /** Name of its pod; null: an address that somebody has written into a slice. */
  readonly pod: string | null;
  /** Origin such as `http://10.1.2.3:8080`. */
  readonly url: string;
  /** May be given requests. */
  readonly ready: boolean;
  /** Its pod is being ended; it may still answer what it has. */
  readonly terminating: boolean;
}

/** Which port of a slice counts: the name of the Service's port ('' where it has none); null: the only one. */
export type PortChoice = string | null;

/** Slices come apart by family: a pod with both addresses is reached by the one that is named first here. */
const FAMILIES = ['IPv4', 'IPv6', 'FQDN'];

/**
 * The endpoints of a Service's slices, each pod once, in the order of their names.
 * Throws DRIVER_REFUSED when it is not clear which port is meant.
 */
export function readEndpoints(
  slices: readonly V1EndpointSlice[],
  choice: PortChoice,
): readonly FoundEndpoint[] {
  const found = new Map<string, FoundEndpoint>();
  const byFamily = slices.toSorted((a, b) => rankOf(a) - rankOf(b));
  for (const slice of byFamily) {
    const port = portOf(slice, choice);
    if (port === null) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const read = readEndpoint(endpoint, slice.addressType, port);
      if (read === null) continue;
      const key = read.pod ?? read.url;
      const other = found.get(key);
      // While slices are rewritten a pod may stand in two of them: the one that is ready is the newer word.
      if (other === undefined || (!other.ready && read.ready)) found.set(key, read);
    }
  }
  return [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
}

interface ChosenPort {
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** null: this slice has no such port, as while the Service's ports are changed. */
function portOf(slice: V1EndpointSlice, choice: PortChoice): ChosenPort | null {
  const ports = (slice.ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP');
  if (choice === null && ports.length > 1) {
    const names = ports.map(({ name }) => name ?? '').join(', ');
    throw new VelocityError(
      'DRIVER_REFUSED',
      `the Kubernetes service has several ports (${names}): name one as scaling.kubernetes.port`,
    );
  }
  const chosen = choice === null ? ports[0] : ports.find(({ name }) => (name ?? '') === choice);
  if (chosen?.port === undefined || chosen.port === null) return null;
  return { port: chosen.port, scheme: chosen.appProtocol === 'https' ? 'https' : 'http' };
}

function readEndpoint(endpoint: V1Endpoint, family: string, chosen: ChosenPort): FoundEndpoint | null {
  // Kubernetes: the addresses of an endpoint are interchangeable, take the first.
  const address = endpoint.addresses[0];
  if (address === undefined) return null;
  const { ready, terminating } = endpoint.conditions ?? {};
  const host = family === 'IPv6' ? `[${address}]` : address;
  return {
    pod: endpoint.targetRef?.kind === 'Pod' ? (endpoint.targetRef.name ?? null) : null,
    url: `${chosen.scheme}://${host}:${chosen.port}`,
    // Kubernetes: what is not said about readiness means ready.
    ready: ready ?? true,
    terminating: terminating ?? false,
  };
}

function rankOf(slice: V1EndpointSlice): number {
  const rank = FAMILIES.indexOf(slice.addressType);
  return rank === -1 ? FAMILIES.length : rank;
}
