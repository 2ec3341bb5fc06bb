import type { KubernetesAccessConfig, KubernetesDriverConfig } from '../../../../common/config/index.js';
import { isVelocityError, VelocityError } from '../../../../common/errors/index.js';
import type { Driver, Instance } from '../driver.js';
import { ClusterApi } from './cluster.api.js';
import { openCluster, type ClusterSurroundings } from './cluster.access.js';
import { readEndpoints, type PortChoice } from './endpoint.reader.js';
import { instancesOf, isAwaited } from './instance.list.js';
import { readPod, type FoundPod } from './pod.reader.js';
import { ReplicaScale } from './replica.scale.js';
import { ResourceWatch, type ResourceWatchTimes } from './resource.watch.js';

/** Of the pods of a ReplicaSet those with the lowest cost are ended first. */
const COST = 'controller.kubernetes.io/pod-deletion-cost';
const LOWEST_COST = '-2147483648';
const DEFAULT_NAMESPACE = 'default';
/** On top of a pod's own time to end: for Kubernetes to notice, and to clean up. */
const ENDING_SLACK_MS = 30_000;
/** A rollout brings hundreds of events, each listing takes three requests. */
const CHANGES_TOGETHER_MS = 100;

export interface KubernetesDriverTimes {
  /** Between two looks whether pods are gone. */
  readonly pollMs: number;
  readonly watch: ResourceWatchTimes;
}

const TIMES: KubernetesDriverTimes = {
  pollMs: 500,
  watch: { baseMs: 500, maxMs: 30_000 },
};

export interface KubernetesDriverParts {
  readonly settings: KubernetesDriverConfig;
  readonly access: KubernetesAccessConfig;
  readonly surroundings: ClusterSurroundings;
  /** Default: what suits a cluster. */
  readonly times?: KubernetesDriverTimes;
}

interface Opened {
  readonly api: ClusterApi;
  readonly scale: ReplicaScale;
}

interface PodsAndCount {
  /** Without those that ended for good. */
  readonly pods: readonly FoundPod[];
  readonly replicas: number;
}

/**
 * Copies of an application are the pods of a Deployment, reached one by one at the endpoints of a Service. How many there are
 * is the Deployment's `scale`; Kubernetes starts, replaces and ends them. None is ever `failed`: a pod that crashes is started
 * again by Kubernetes, and is `starting` meanwhile, with the reason.
 */
export class KubernetesDriver implements Driver {
  private readonly settings: KubernetesDriverConfig;
  private readonly times: KubernetesDriverTimes;
  private readonly watches = new Set<() => void>();
  private opened: Promise<Opened> | null = null;
  private closed = false;

  constructor(private readonly parts: KubernetesDriverParts) {
    this.settings = parts.settings;
    this.times = parts.times ?? TIMES;
  }

  async list(): Promise<readonly Instance[]> {
    const { api, scale } = await this.open();
    const [{ spec, status }, { items: slices }, choice] = await Promise.all([
      scale.read(),
      api.endpointSlicesOf(this.settings.service),
      this.portChoice(api),
    ]);
    const pods = await this.readablePods(api, status?.selector ?? '');
    const observed = {
      endpoints: readEndpoints(slices, choice),
      pods,
      replicas: spec?.replicas ?? 0,
      service: this.settings.service,
      creationProblem: '',
      now: Date.now(),
    };
    const instances = instancesOf(observed);
    if (!instances.some(({ id }) => isAwaited(id))) return instances;
    return instancesOf({
      ...observed,
      creationProblem: await api.creationProblemOf(this.settings.deployment),
    });
  }

  async start(count: number): Promise<void> {
    const { scale } = await this.open();
    await scale.raise(count);
  }

  async stop(ids: readonly string[]): Promise<void> {
    const opened = await this.open();
    const { api, scale } = opened;
    const awaited = ids.filter(isAwaited);
    const named = new Set(ids);
    const ending = (await this.pods(opened)).pods.filter(({ name }) => named.has(name));
    const chosen = ending.filter(({ terminating }) => !terminating).map(({ name }) => name);
    for (const name of chosen) await api.annotate(name, COST, LOWEST_COST);
    // Ids of awaited ones come again, for others.
    scale.forget(awaited);
    await scale.lower([...awaited, ...chosen]);
    await this.gone(opened, ending);
    scale.forget(ids);
  }

  watch(changed: () => void): () => void {
    let timer: NodeJS.Timeout | null = null;
    const tell = () => {
      timer ??= setTimeout(() => {
        timer = null;
        changed();
      }, CHANGES_TOGETHER_MS);
    };
    const api = async () => (await this.open()).api;
    const { service } = this.settings;
    const slices = async () => {
      const { version } = await (await api()).endpointSlicesOf(service);
      return { watched: (await api()).slicesOf(service), version };
    };
    const pods = async () => {
      const selector = (await (await this.open()).scale.read()).status?.selector ?? '';
      const { version } = await (await api()).podsBy(selector);
      return { watched: (await api()).podsOf(selector), version };
    };
    const running = [slices, pods].map((list) => new ResourceWatch(api, { list }, tell, this.times.watch));
    for (const one of running) void one.run();
    const end = () => {
      for (const one of running) one.close();
      if (timer !== null) clearTimeout(timer);
      this.watches.delete(end);
    };
    this.watches.add(end);
    return end;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const end of this.watches) end();
  }

  /** A failure is not kept: the file may be there the next time. */
  private async open(): Promise<Opened> {
    this.opened ??= this.reach().catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }

  private async reach(): Promise<Opened> {
    const cluster = await openCluster(this.parts.access, this.parts.surroundings);
    const namespace = this.settings.namespace ?? cluster.namespace ?? DEFAULT_NAMESPACE;
    const api = new ClusterApi(cluster, namespace);
    return { api, scale: new ReplicaScale(api, this.settings.deployment) };
  }

  /** Slices know the names of a Service's ports, not their numbers: those are asked of the Service. */
  private async portChoice(api: ClusterApi): Promise<PortChoice> {
    const { port, service } = this.settings;
    if (typeof port !== 'number') return port;
    const ports = (await api.serviceOf(service)).spec?.ports ?? [];
    const meant = ports.find((one) => one.port === port);
    if (meant === undefined) {
      const known = ports.map((one) => one.port).join(', ') || 'none';
      throw new VelocityError(
        'DRIVER_REFUSED',
        `the Kubernetes service "${service}" has no port ${port}: it has ${known}`,
      );
    }
    return meant.name ?? '';
  }

  /** Endpoints alone will do for the traffic. */
  private async readablePods(api: ClusterApi, selector: string): Promise<readonly FoundPod[] | null> {
    try {
      return (await api.podsBy(selector)).items.map(readPod);
    } catch (error) {
      if (isVelocityError(error, 'DRIVER_REFUSED')) return null;
      throw error;
    }
  }

  private async pods({ api, scale }: Opened): Promise<PodsAndCount> {
    const { spec, status } = await scale.read();
    const pods = (await api.podsBy(status?.selector ?? '')).items.map(readPod);
    return { pods: pods.filter(({ ended }) => !ended), replicas: spec?.replicas ?? 0 };
  }

  /** Waits until these are gone, and takes the mark from those that Kubernetes has left alone. */
  private async gone(opened: Opened, ending: readonly FoundPod[]): Promise<void> {
    const names = new Set(ending.map(({ name }) => name));
    const deadline =
      performance.now() + Math.max(0, ...ending.map(({ graceMs }) => graceMs)) + ENDING_SLACK_MS;
    while (names.size > 0) {
      const { pods, replicas } = await this.pods(opened);
      const left = pods.filter(({ name }) => names.has(name));
      if (left.length === 0) return;
      const living = pods.filter(({ terminating }) => !terminating);
      const spared = living.filter(({ name }) => names.has(name)).map(({ name }) => name);
      // No more than are wanted: nothing will be ended any more.
      if (spared.length > 0 && living.length <= replicas) await this.spare(opened, spared);
      if (performance.now() > deadline || this.closed) {
        throw this.unfinished(`still ending: ${left.map(({ name }) => name).join(', ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, this.times.pollMs));
    }
  }

  /** They serve on, and must not be the first to go the next time. */
  private async spare({ api, scale }: Opened, names: readonly string[]): Promise<never> {
    for (const name of names) await api.annotate(name, COST, null);
    scale.forget(names);
    throw this.unfinished(
      `Kubernetes keeps ${names.join(', ')}: other pods went first, or were not made yet`,
    );
  }

  private unfinished(what: string): VelocityError {
    return new VelocityError('DRIVER_UNAVAILABLE', `deployment "${this.settings.deployment}": ${what}`);
  }
}
