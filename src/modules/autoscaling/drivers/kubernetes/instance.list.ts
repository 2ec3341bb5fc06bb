import type { Instance } from '../driver.js';
import type { FoundEndpoint } from './endpoint.reader.js';
import type { FoundPod } from './pod.reader.js';

/** What is known about one Deployment and its Service at a moment. */
export interface ObservedDeployment {
  readonly endpoints: readonly FoundEndpoint[];
  /** null: pods must not be read, endpoints alone say what there is. */
  readonly pods: readonly FoundPod[] | null;
  readonly replicas: number;
  /** Name of the Kubernetes Service, for messages. */
  readonly service: string;
  /** Why pods are not made; '' when nothing is known. */
  readonly creationProblem: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Begins the id of one that the Deployment wants and Kubernetes has not made yet: no pod can be called so. */
const AWAITED = 'awaited/';

export function isAwaited(id: string): boolean {
  return id.startsWith(AWAITED);
}

/** All copies: those that serve, those on their way in and out, and those that are wanted but not made yet. */
export function instancesOf(observed: ObservedDeployment): readonly Instance[] {
  const there = observed.pods === null ? fromEndpoints(observed) : fromPods(observed.pods, observed);
  const living = there.filter(({ state }) => state !== 'stopping').length;
  const awaited = Array.from({ length: Math.max(0, observed.replicas - living) }, (_, place) => ({
    id: `${AWAITED}${place + 1}`,
    url: null,
    state: 'starting' as const,
    startedAt: observed.now,
    detail: observed.creationProblem || 'Kubernetes has not made its pod yet',
    cpu: null,
  }));
  return [...there, ...awaited];
}

/**
 * Of the endpoints only those of the Deployment's own pods: a Service may stand before several Deployments, and of the
 * others none may be ended here.
 */
function fromPods(pods: readonly FoundPod[], { endpoints, service }: ObservedDeployment): Instance[] {
  const endpointOf = new Map(endpoints.map((endpoint) => [endpoint.pod, endpoint]));
  return pods
    .filter(({ ended }) => !ended)
    .map((pod) => instanceOf(pod, endpointOf.get(pod.name) ?? null, service));
}

function instanceOf(pod: FoundPod, endpoint: FoundEndpoint | null, service: string): Instance {
  const { name: id, since: startedAt } = pod;
  const url = endpoint?.url ?? null;
  if (pod.terminating || endpoint?.terminating === true) {
    return { id, url, state: 'stopping', startedAt, detail: pod.detail, cpu: null };
  }
  if (endpoint?.ready === true) return { id, url, state: 'running', startedAt, detail: '', cpu: null };
  const unseen = `ready, but not behind the service "${service}": look at its selector and ports`;
  const detail = pod.ready && endpoint === null ? unseen : pod.detail;
  return { id, url: null, state: 'starting', startedAt, detail, cpu: null };
}

function fromEndpoints({ endpoints, now }: ObservedDeployment): Instance[] {
  return endpoints.map(({ pod, url, ready, terminating }) => ({
    id: pod ?? url,
    url: ready || terminating ? url : null,
    state: terminating ? 'stopping' : ready ? 'running' : 'starting',
    startedAt: now,
    detail: ready ? '' : 'why is not known: pods must not be read (the verb "list" on "pods")',
    cpu: null,
  }));
}
