import { once } from 'node:events';
import type { KubernetesObject } from './objects.js';
import type { ObjectStore } from './object.store.js';

const COST = 'controller.kubernetes.io/pod-deletion-cost';
export const NAMESPACE = 'web';
/** Where pods listen that nobody is behind. */
const PORT = 8080;
const SLICE = 'shop-abc';

interface PodStatus {
  phase: string;
  conditions: {
    type: string;
    status: string;
    reason?: string;
    message?: string;
    lastTransitionTime: string;
  }[];
  containerStatuses?: unknown[];
}

/**
 * Makes and ends the pods of the Deployment `shop` as the controllers of Kubernetes do: those not ready go first, then those
 * of the lowest deletion cost, then the youngest; and keeps the slice of the Service `shop` up to date.
 */
export class DeploymentController {
  /** Pods become ready by themselves as soon as they are made. */
  readyAtOnce = true;
  /** Pods that were told to end are gone at once. */
  goneAtOnce = true;
  /** Nothing is done meanwhile, as when the controllers are away. */
  paused = false;
  /** Ports of real servers on loopback: each pod has one of its own. None: pods have addresses that lead nowhere. */
  servers: readonly number[] = [];
  private made = 0;

  constructor(private readonly store: ObjectStore) {
    store.events.on('event', (resource: string) => {
      if (resource === 'deployments') this.reconcile();
    });
  }

  deploy(replicas: number): void {
    this.store.put('services', {
      metadata: { name: 'shop', namespace: NAMESPACE, resourceVersion: '' },
      spec: { ports: [{ name: 'web', port: 80, targetPort: 8080 }] },
    });
    this.putSlice(SLICE, PORT, []);
    this.store.put('deployments', {
      metadata: { name: 'shop', namespace: NAMESPACE, resourceVersion: '' },
      spec: { replicas, selector: { matchLabels: { app: 'shop' } } },
      status: {},
    });
  }

  get replicas(): number {
    return (this.store.get('deployments', 'shop')!.spec as { replicas: number }).replicas;
  }

  /** Names, in the order in which they were made. */
  get pods(): string[] {
    return this.store.list('pods').map(({ metadata }) => metadata.name);
  }

  setReplicas(replicas: number): void {
    this.store.change('deployments', 'shop', ({ spec }) => Object.assign(spec as object, { replicas }));
  }

  resume(): void {
    this.paused = false;
    this.reconcile();
  }

  setReady(name: string, ready: boolean): void {
    this.store.change('pods', name, ({ status }) => {
      const condition = (status as PodStatus).conditions.find(({ type }) => type === 'Ready')!;
      condition.status = ready ? 'True' : 'False';
    });
    this.writeSlice();
  }

  /** A pod's status and readiness as given: such as one whose image cannot be pulled. */
  setStatus(name: string, status: object): void {
    this.store.change('pods', name, (pod) => Object.assign(pod, { status }));
    this.writeSlice();
  }

  /** The process of a pod that was told to end has ended. */
  finish(name: string): void {
    this.store.remove('pods', name);
    this.writeSlice();
  }

  /** The next change of a pod. */
  async podChange(): Promise<void> {
    for (;;) {
      const [resource] = (await once(this.store.events, 'event')) as [string];
      if (resource === 'pods') return;
    }
  }

  private reconcile(): void {
    if (this.paused) return;
    const living = this.store.list('pods').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    for (let missing = this.replicas - living.length; missing > 0; missing -= 1) this.make();
    const surplus = Math.max(0, living.length - this.replicas);
    const ranked = living.toReversed().toSorted((a, b) => rankOf(a) - rankOf(b));
    for (const pod of ranked.slice(0, surplus)) this.end(pod.metadata.name);
    this.writeSlice();
  }

  private make(): void {
    this.made += 1;
    const now = new Date().toISOString().replace(/\.\d+/, '');
    const ready = this.readyAtOnce ? 'True' : 'False';
    const containerPort = this.freeServer();
    this.store.put('pods', {
      metadata: {
        name: `shop-${this.made}`,
        namespace: NAMESPACE,
        resourceVersion: '',
        labels: { app: 'shop' },
        creationTimestamp: now,
      },
      spec: { terminationGracePeriodSeconds: 5, containers: [{ ports: [{ containerPort }] }] },
      status: {
        phase: 'Running',
        podIP: this.servers.length > 0 ? '127.0.0.1' : `10.1.0.${this.made}`,
        conditions: [{ type: 'Ready', status: ready, lastTransitionTime: now }],
      },
    });
  }

  private end(name: string): void {
    if (this.goneAtOnce) {
      this.store.remove('pods', name);
      return;
    }
    this.store.change('pods', name, ({ metadata }) => {
      metadata.deletionTimestamp = new Date().toISOString();
    });
  }

  private freeServer(): number {
    if (this.servers.length === 0) return PORT;
    const taken = new Set(this.store.list('pods').map(portOf));
    const free = this.servers.find((port) => !taken.has(port));
    if (free === undefined) throw new Error(`there are no more than ${this.servers.length} servers for pods`);
    return free;
  }

  /** Of a slice all endpoints have the same ports. */
  private writeSlice(): void {
    const placed = this.store
      .list('pods')
      .filter(({ status }) => (status as { podIP?: string }).podIP !== undefined);
    const endpointsAt = (port: number) => placed.filter((pod) => portOf(pod) === port).map(endpointOf);
    this.putSlice(SLICE, PORT, endpointsAt(PORT));
    for (const port of this.servers) this.putSlice(`shop-${port}`, port, endpointsAt(port));
  }

  private putSlice(name: string, port: number, endpoints: readonly object[]): void {
    this.store.put('endpointslices', {
      metadata: {
        name,
        namespace: NAMESPACE,
        resourceVersion: '',
        labels: { 'kubernetes.io/service-name': 'shop' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'web', port, protocol: 'TCP' }],
      endpoints,
    });
  }
}

function portOf({ spec }: KubernetesObject): number {
  const { containers } = spec as { containers: { ports: { containerPort: number }[] }[] };
  return containers[0]!.ports[0]!.containerPort;
}

function endpointOf(pod: KubernetesObject): object {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  return {
    addresses: [(pod.status as { podIP: string }).podIP],
    conditions: { ready: isReady(pod) && !terminating, serving: isReady(pod), terminating },
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: NAMESPACE },
  };
}

function isReady({ status }: KubernetesObject): boolean {
  return (status as PodStatus).conditions.some(
    ({ type, status: holds }) => type === 'Ready' && holds === 'True',
  );
}

function rankOf(pod: KubernetesObject): number {
  return isReady(pod) ? Number(pod.metadata.annotations?.[COST] ?? 0) : -Infinity;
}
