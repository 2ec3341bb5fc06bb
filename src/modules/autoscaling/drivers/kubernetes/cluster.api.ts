import type {
  AppsV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  V1EndpointSlice,
  V1Pod,
  V1Scale,
  V1Service,
} from '@kubernetes/client-node';
import { apiFailure, statusOf, type ApiAccess } from './api.failure.js';
import type { ClusterAccess } from './cluster.access.js';

/** A server that takes a connection and says nothing must not hold up a decision for ever. */
const CALL_TIMEOUT_MS = 10_000;
/** What Kubernetes itself puts on the slices of a service. */
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** What can be followed: a path of the API and what is picked from it. */
export interface Watched {
  readonly path: string;
  readonly labelSelector: string;
  readonly access: ApiAccess;
}

/** The few uses of the Kubernetes API that the driver makes, in one namespace. Each rejects with a VelocityError. */
export class ClusterApi {
  private readonly apps: AppsV1Api;
  private readonly core: CoreV1Api;
  private readonly discovery: DiscoveryV1Api;
  /** Origin of the API, for messages. */
  readonly server: string;

  constructor(
    readonly cluster: ClusterAccess,
    readonly namespace: string,
  ) {
    const { client, config } = cluster;
    this.server = config.getCurrentCluster()?.server ?? '';
    const configuration = client.createConfiguration({
      baseServer: new client.ServerConfiguration(this.server, {}),
      authMethods: { default: config },
      promiseMiddleware: [
        {
          pre: async (request) => {
            request.setSignal(AbortSignal.timeout(CALL_TIMEOUT_MS));
            request.setHeaderParam('User-Agent', 'velocity');
            // The client would say JSON Patch, which is another language.
            if (request.getHttpMethod() === client.HttpMethod.PATCH) {
              request.setHeaderParam('Content-Type', client.PatchStrategy.MergePatch);
            }
            return request;
          },
          post: async (response) => response,
        },
      ],
    });
    this.apps = new client.AppsV1Api(configuration);
    this.core = new client.CoreV1Api(configuration);
    this.discovery = new client.DiscoveryV1Api(configuration);
  }

  /** Desired count, selector of the pods and resource version of a Deployment. */
  async scaleOf(deployment: string): Promise<V1Scale> {
    const { namespace } = this;
    return this.call(
      this.access('get', 'deployments/scale', 'apps', deployment),
      this.apps.readNamespacedDeploymentScale({ name: deployment, namespace }),
    );
  }

  /** Stores the scale as it was read, with another count: 409 when somebody was faster. */
  async putScale(deployment: string, scale: V1Scale, replicas: number): Promise<V1Scale> {
    const { namespace } = this;
    const body = { ...scale, spec: { ...scale.spec, replicas } };
    // The caller branches on 409: the answer itself goes up.
    return this.apps.replaceNamespacedDeploymentScale({ name: deployment, namespace, body });
  }

  /** Why the Deployment cannot make its pods, such as a quota; '' when it does not say so, or must not be read. */
  async creationProblemOf(deployment: string): Promise<string> {
    const { namespace } = this;
    try {
      const { status } = await this.apps.readNamespacedDeployment({ name: deployment, namespace });
      const failure = status?.conditions?.find(
        ({ type, status: holds }) => type === 'ReplicaFailure' && holds === 'True',
      );
      return failure?.message ?? '';
    } catch {
      return '';
    }
  }

  async endpointSlicesOf(
    service: string,
  ): Promise<{ readonly items: V1EndpointSlice[]; readonly version: string }> {
    const watched = this.slicesOf(service);
    const { items, metadata } = await this.call(
      { ...watched.access, verb: 'list' },
      this.discovery.listNamespacedEndpointSlice({
        namespace: this.namespace,
        labelSelector: watched.labelSelector,
      }),
    );
    return { items, version: metadata?.resourceVersion ?? '' };
  }

  async podsBy(labelSelector: string): Promise<{ readonly items: V1Pod[]; readonly version: string }> {
    const { items, metadata } = await this.call(
      { ...this.podsOf(labelSelector).access, verb: 'list' },
      this.core.listNamespacedPod({ namespace: this.namespace, labelSelector }),
    );
    return { items, version: metadata?.resourceVersion ?? '' };
  }

  async serviceOf(service: string): Promise<V1Service> {
    return this.call(
      this.access('get', 'services', '', service),
      this.core.readNamespacedService({ name: service, namespace: this.namespace }),
    );
  }

  /** Sets an annotation, or takes it away (null). A pod that is gone needs none. */
  async annotate(pod: string, key: string, value: string | null): Promise<void> {
    const { namespace } = this;
    const body = { metadata: { annotations: { [key]: value } } };
    try {
      await this.core.patchNamespacedPod({ name: pod, namespace, body });
    } catch (error) {
      if (statusOf(error) === 404) return;
      throw apiFailure(error, this.access('patch', 'pods', '', pod), this.server);
    }
  }

  slicesOf(service: string): Watched {
    return {
      path: `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(this.namespace)}/endpointslices`,
      labelSelector: `${SERVICE_LABEL}=${service}`,
      access: this.access('watch', 'endpointslices', 'discovery.k8s.io', null),
    };
  }

  podsOf(labelSelector: string): Watched {
    return {
      path: `/api/v1/namespaces/${encodeURIComponent(this.namespace)}/pods`,
      labelSelector,
      access: this.access('watch', 'pods', '', null),
    };
  }

  access(verb: string, resource: string, group: string, name: string | null): ApiAccess {
    return { verb, resource, group, namespace: this.namespace, name };
  }

  private async call<T>(access: ApiAccess, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw apiFailure(error, access, this.server);
    }
  }
}
