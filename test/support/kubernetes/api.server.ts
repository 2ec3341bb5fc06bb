import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { CertificateAuthority } from '../certificate.authority.js';
import { listening } from '../listening.js';
import { DeploymentController, NAMESPACE } from './deployment.controller.js';
import { ObjectStore } from './object.store.js';
import { RESOURCES, matches, type KubernetesObject, type WatchEvent } from './objects.js';

const ROUTE =
  /^\/(?:api\/v1|apis\/(?:apps|discovery\.k8s\.io)\/v1)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+)(?:\/(scale))?)?$/;
const VERBS: Readonly<Record<string, string>> = { PUT: 'update', PATCH: 'patch' };

/** One request as RBAC sees it. */
interface Asked {
  /** Such as `update deployments/scale`. */
  readonly use: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
}

/** What happens to the next request of a use: a status; the connection dropped before, or after it was done. */
type Trouble = number | 'drop' | 'drop-after';

interface Watcher {
  readonly resource: string;
  readonly selector: string;
  readonly response: ServerResponse;
}

/**
 * An emulated API server of Kubernetes over TLS, with a Deployment `shop`, its pods and its Service in the namespace `web`.
 * It knows lists, watches with versions and bookmarks, the scale subresource with conflicts, merge patches, tokens and
 * permissions; it is no Kubernetes, and proves nothing about one.
 */
export class KubernetesApiServer {
  readonly store = new ObjectStore();
  readonly controller = new DeploymentController(this.store);
  readonly token = 'token-of-the-balancer';
  /** Uses that the account has no permission for, such as `list pods`. */
  readonly denied = new Set<string>();
  /** Every use so far, with the version that a watch began from. */
  readonly asked: { readonly use: string; readonly version: string | null }[] = [];
  private readonly troubles = new Map<string, Trouble[]>();
  private readonly open = new Set<Watcher>();
  private readonly happened = new EventEmitter();

  private constructor(
    private readonly server: Server,
    private readonly authority: CertificateAuthority,
    readonly folder: string,
  ) {
    server.on('request', (request, response) => void this.serve(request, response));
    this.store.events.on('event', (resource: string, event: WatchEvent) => {
      for (const watcher of this.open) if (watcher.resource === resource) send(watcher, event);
    });
  }

  url = '';

  static async start(replicas = 0): Promise<KubernetesApiServer> {
    const authority = new CertificateAuthority();
    const server = createServer(authority.issue({ names: ['127.0.0.1', 'localhost'] }));
    const folder = await mkdtemp(path.join(tmpdir(), 'velocity-kubernetes-'));
    const api = new KubernetesApiServer(server, authority, folder);
    api.url = (await listening(server)).replace('http:', 'https:');
    api.controller.deploy(replicas);
    return api;
  }

  /** A file for KUBECONFIG with the context `test`; its name. */
  async kubeconfig(changes: { readonly token?: string; readonly server?: string } = {}): Promise<string> {
    const file = path.join(this.folder, 'config');
    const cluster = {
      server: changes.server ?? this.url,
      'certificate-authority-data': Buffer.from(this.authority.cert).toString('base64'),
    };
    const config = {
      clusters: [{ name: 'emulated', cluster }],
      users: [{ name: 'balancer', user: { token: changes.token ?? this.token } }],
      contexts: [
        { name: 'test', context: { cluster: 'emulated', user: 'balancer', namespace: NAMESPACE } },
        { name: 'elsewhere', context: { cluster: 'emulated', user: 'balancer', namespace: 'nowhere' } },
      ],
      'current-context': 'test',
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  /** What Kubernetes mounts into a pod; the folder. */
  async serviceAccount(): Promise<string> {
    await writeFile(path.join(this.folder, 'token'), this.token);
    await writeFile(path.join(this.folder, 'namespace'), NAMESPACE);
    await writeFile(path.join(this.folder, 'ca.crt'), this.authority.cert);
    return this.folder;
  }

  /** The next requests of this use fare so, one after the other. */
  trouble(use: string, ...troubles: readonly Trouble[]): void {
    this.troubles.set(use, [...(this.troubles.get(use) ?? []), ...troubles]);
  }

  /** Open watches. */
  get watchers(): number {
    return this.open.size;
  }

  count(use: string): number {
    return this.asked.filter((one) => one.use === use).length;
  }

  /** Until somebody watches this resource. */
  async watching(resource: string): Promise<void> {
    while (![...this.open].some((watcher) => watcher.resource === resource)) {
      await once(this.happened, 'watch');
    }
  }

  bookmark(): void {
    for (const { resource, response } of this.open) {
      const metadata = { resourceVersion: String(this.store.version) };
      write(response, 'BOOKMARK', { kind: RESOURCES[resource]!.kind, metadata });
    }
  }

  /** Tells all who watch that their version is too old, as the server does in the middle of a watch. */
  expire(): void {
    this.store.compact();
    for (const { response } of this.open) {
      write(response, 'ERROR', failure(410, 'too old resource version'));
      response.end();
    }
  }

  /** Cuts every connection. */
  drop(): void {
    this.server.closeAllConnections();
  }

  /** Ends watches as a server does whose time is over. */
  endWatches(): void {
    for (const { response } of this.open) response.end();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.drop();
    await closed;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return answer(response, 401, failure(401, 'Unauthorized'));
    }
    const asked = askedOf(request);
    if (asked === null) return answer(response, 404, failure(404, 'the server could not find it'));
    this.asked.push({ use: asked.use, version: asked.query.get('resourceVersion') });
    if (this.denied.has(asked.use)) {
      return answer(response, 403, failure(403, `cannot ${asked.use} as system:serviceaccount:web:velocity`));
    }
    const trouble = this.troubles.get(asked.use)?.shift();
    if (typeof trouble === 'number')
      return answer(response, trouble, failure(trouble, `told to say ${trouble}`));
    if (trouble === 'drop') return void response.destroy();
    if (asked.query.get('watch') === 'true') return this.watch(asked, response);
    const [status, object] = this.answerTo(asked, body, request.headers['content-type'] ?? '');
    if (trouble === 'drop-after') response.destroy();
    else answer(response, status, object);
  }

  private answerTo(asked: Asked, body: string, type: string): [number, object] {
    const { resource, name, query, namespace } = asked;
    const [plural = ''] = resource.split('/');
    if (name === undefined) {
      const items = namespace === NAMESPACE ? this.store.list(plural, query.get('labelSelector') ?? '') : [];
      const { group, kind } = RESOURCES[plural]!;
      const metadata = { resourceVersion: String(this.store.version) };
      return [200, { kind: `${kind}List`, apiVersion: group, metadata, items }];
    }
    const object = namespace === NAMESPACE ? this.store.get(plural, name) : undefined;
    if (object === undefined) return [404, failure(404, `${plural} "${name}" not found`)];
    if (asked.use === 'update deployments/scale')
      return this.rescale(object, JSON.parse(body) as KubernetesObject);
    if (resource === 'deployments/scale') return [200, scaleOf(object)];
    if (asked.use === 'patch pods') return this.patchPod(name, body, type);
    return [200, object];
  }

  private rescale(deployment: KubernetesObject, scale: KubernetesObject): [number, object] {
    const given = scale.metadata.resourceVersion;
    if (given !== undefined && given !== deployment.metadata.resourceVersion) {
      return [409, failure(409, 'the object has been modified')];
    }
    this.controller.setReplicas((scale.spec as { replicas: number }).replicas);
    return [200, scaleOf(this.store.get('deployments', deployment.metadata.name)!)];
  }

  private patchPod(name: string, body: string, type: string): [number, object] {
    if (type !== 'application/merge-patch+json') return [415, failure(415, `no merge patch: ${type}`)];
    const { metadata } = JSON.parse(body) as { metadata: { annotations: Record<string, string | null> } };
    const pod = this.store.change('pods', name, (object) => {
      const merged = { ...object.metadata.annotations, ...metadata.annotations };
      const kept = Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null);
      object.metadata.annotations = Object.fromEntries(kept);
    });
    return [200, pod];
  }

  private watch({ resource, query }: Asked, response: ServerResponse): void {
    const missed = this.store.since(resource, Number(query.get('resourceVersion')));
    if (missed === null) return answer(response, 410, failure(410, 'too old resource version'));
    const watcher = { resource, selector: query.get('labelSelector') ?? '', response };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const event of missed) send(watcher, event);
    this.open.add(watcher);
    response.on('close', () => this.open.delete(watcher));
    this.happened.emit('watch');
  }
}

function askedOf(request: IncomingMessage): Asked | null {
  const url = new URL(request.url ?? '/', 'https://localhost');
  const [, namespace = '', plural = '', name, sub] = ROUTE.exec(url.pathname) ?? [];
  if (RESOURCES[plural] === undefined) return null;
  const resource = sub === undefined ? plural : `${plural}/${sub}`;
  const reading = url.searchParams.get('watch') === 'true' ? 'watch' : name === undefined ? 'list' : 'get';
  const verb = VERBS[request.method ?? ''] ?? reading;
  return { use: `${verb} ${resource}`, namespace, resource, name, query: url.searchParams };
}

function scaleOf({ metadata, spec }: KubernetesObject): object {
  const { name, namespace, resourceVersion } = metadata;
  const { replicas } = spec as { replicas: number };
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, resourceVersion },
    spec: { replicas },
    status: { replicas, selector: 'app=shop' },
  };
}

function failure(code: number, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
}

function answer(response: ServerResponse, status: number, object: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(object));
}

function send({ selector, response }: Watcher, { type, object }: WatchEvent): void {
  if (matches(object.metadata.labels ?? {}, selector)) write(response, type, object);
}

function write(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}
