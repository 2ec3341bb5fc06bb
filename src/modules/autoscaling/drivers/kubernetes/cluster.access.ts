import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Environment, KubernetesAccessConfig } from '../../../../common/config/index.js';
import { VelocityError } from '../../../../common/errors/index.js';

/** Where a pod finds what its service account may use. */
const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

export type KubernetesClient = typeof import('@kubernetes/client-node');

/** What a cluster is looked for with. */
export interface ClusterSurroundings {
  readonly environment: Environment;
  /** Default: where Kubernetes mounts it. */
  readonly serviceAccountFolder?: string;
}

/** A cluster that can be asked. */
export interface ClusterAccess {
  readonly client: KubernetesClient;
  readonly config: KubeConfig;
  /** Of the context, or of our own pod; null: none is said. */
  readonly namespace: string | null;
  /** For messages: how the cluster was found. */
  readonly origin: string;
}

/**
 * Finds the cluster: the file of the settings; else, unless a context is named, the service account of our own pod; else
 * the files of `KUBECONFIG`; else `~/.kube/config`. Loads the client, which costs 90 MiB and a second: at the first use only.
 * Rejects with DRIVER_REFUSED, which says what is missing.
 */
export async function openCluster(
  settings: KubernetesAccessConfig,
  surroundings: ClusterSurroundings,
): Promise<ClusterAccess> {
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  const origin = await loadInto(config, client, settings, surroundings);
  if (settings.context !== null) useContext(config, settings.context, origin);
  const context = config.getContextObject(config.getCurrentContext());
  if (context === null || config.getCurrentCluster() === null) {
    throw refused(`${origin} has no current context: name one as drivers.kubernetes.context`);
  }
  return { client, config, namespace: context.namespace ?? null, origin };
}

async function loadInto(
  config: KubeConfig,
  client: KubernetesClient,
  settings: KubernetesAccessConfig,
  surroundings: ClusterSurroundings,
): Promise<string> {
  if (settings.kubeconfig !== null) return loadFiles(config, client, [settings.kubeconfig]);
  if (settings.context === null && (await loadServiceAccount(config, surroundings))) {
    return 'the service account of this pod';
  }
  const named = (surroundings.environment['KUBECONFIG'] ?? '').split(path.delimiter).filter(Boolean);
  if (named.length > 0) return loadFiles(config, client, named);
  const usual = path.join(surroundings.environment['HOME'] ?? homedir(), '.kube', 'config');
  if (await isThere(usual)) return loadFiles(config, client, [usual]);
  throw refused(
    `no access to a Kubernetes cluster: this is no pod with a service account, KUBECONFIG is not set and ${usual} is not there. Name a file as drivers.kubernetes.kubeconfig`,
  );
}

/** As `kubectl` merges several files: of what has the same name, the first counts. */
async function loadFiles(
  config: KubeConfig,
  client: KubernetesClient,
  files: readonly string[],
): Promise<string> {
  for (const [place, file] of files.entries()) {
    const part = place === 0 ? config : new client.KubeConfig();
    try {
      part.loadFromString(await readFile(file, 'utf8'));
      // Certificates and keys are named relative to the file.
      part.makePathsAbsolute(path.dirname(path.resolve(file)));
      if (part !== config) mergeUnder(config, part);
    } catch (error) {
      throw refused(`the Kubernetes configuration ${file} cannot be used: ${textOf(error)}`, error);
    }
  }
  return files.join(', ');
}

/** The client's own merge throws where two files have the same name. */
function mergeUnder(config: KubeConfig, part: KubeConfig): void {
  part.clusters = part.clusters.filter(({ name }) => config.getCluster(name) === null);
  part.users = part.users.filter(({ name }) => config.getUser(name) === null);
  part.contexts = part.contexts.filter(({ name }) => config.getContextObject(name) === null);
  config.mergeConfig(part, config.getCurrentContext() !== undefined);
}

/**
 * Not the client's own `loadFromCluster`: that reads the environment itself, and leaves TLS out where the API has port 8080.
 * The token is read again each minute, since Kubernetes renews it.
 */
async function loadServiceAccount(config: KubeConfig, surroundings: ClusterSurroundings): Promise<boolean> {
  const { environment, serviceAccountFolder = SERVICE_ACCOUNT_FOLDER } = surroundings;
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const tokenFile = path.join(serviceAccountFolder, 'token');
  if (host === undefined || !(await isThere(tokenFile))) return false;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const name = 'in-cluster';
  const namespace = await readFile(path.join(serviceAccountFolder, 'namespace'), 'utf8').catch(() => null);
  config.loadFromOptions({
    clusters: [
      {
        name,
        server: `https://${bracketed}:${environment['KUBERNETES_SERVICE_PORT'] ?? '443'}`,
        caFile: path.join(serviceAccountFolder, 'ca.crt'),
        skipTLSVerify: false,
      },
    ],
    users: [{ name, authProvider: { name: 'tokenFile', config: { tokenFile } } }],
    contexts: [
      { name, cluster: name, user: name, ...(namespace === null ? {} : { namespace: namespace.trim() }) },
    ],
    currentContext: name,
  });
  return true;
}

function useContext(config: KubeConfig, context: string, origin: string): void {
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    throw refused(`${origin} has no context "${context}": it has ${known.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function refused(message: string, cause?: unknown): VelocityError {
  return new VelocityError('DRIVER_REFUSED', message, { cause });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
