import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type Dockerode from 'dockerode';
import { isLoopback } from '../config/index.js';
import { VelocityError } from '../errors/index.js';
import { engineContainer, type EngineContainer } from './engine-container.js';
import { EngineRefusal } from './engine.refusal.js';
import { unreachableText } from './unreachable-text.js';

/** How an engine is reached: key `drivers.docker` of the configuration. */
export type EngineAccess = { readonly socketPath: string } | { readonly url: string };

/** One piece of work with the engine: it hands the signal to each of its calls. */
export type EngineWork<T> = (docker: Dockerode, abortSignal: AbortSignal) => Promise<T>;

const DEADLINE_MS = 10_000;
const IGNORED_FROM_ENVIRONMENT = {
  // dockerode fills what it is not told from DOCKER_HOST and its kin, and a host there would win over our socket.
  host: undefined,
  port: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  pathPrefix: '/',
};

/** Calls one Docker engine, by its socket or over TCP. dockerode (35 MiB) is loaded at the first call. */
export class EngineClient {
  /** For people: the path of the socket, or the URL. */
  readonly where: string;
  /** Whether ports that the engine publishes on loopback are on the loopback of this machine. */
  readonly isLocal: boolean;
  private loaded: Promise<Dockerode> | null = null;

  constructor(private readonly access: EngineAccess) {
    this.where = 'url' in access ? access.url : access.socketPath;
    this.isLocal = !('url' in access) || isLoopback(new URL(access.url).hostname);
  }

  /**
   * What the work resolves with, within the deadline (milliseconds; default: ten seconds). Rejects with an EngineRefusal
   * when the engine answers with an error, and with DRIVER_UNAVAILABLE, which says what to check, when it does not answer.
   */
  call<T>(work: EngineWork<T>, deadlineMs = DEADLINE_MS): Promise<T> {
    return this.attempt(work, AbortSignal.timeout(deadlineMs));
  }

  /** As {@link call}, but for as long as the signal says. */
  async attempt<T>(work: EngineWork<T>, signal: AbortSignal): Promise<T> {
    this.loaded ??= this.load();
    const docker = await this.loaded;
    try {
      return await unlessAborted(work(docker, signal), signal);
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** Containers, also those that do not run. `filters` as the Engine API has them for `/containers/json`. */
  async containers(filters: Readonly<Record<string, string[]>>): Promise<readonly EngineContainer[]> {
    const found: unknown = await this.call((docker, abortSignal) =>
      docker.listContainers({ all: true, filters: { ...filters }, abortSignal }),
    );
    if (Array.isArray(found)) return (found as Dockerode.ContainerInfo[]).map(engineContainer);
    throw new VelocityError('DRIVER_UNAVAILABLE', `what answers at ${this.where} is no Docker engine`);
  }

  private async load(): Promise<Dockerode> {
    const { default: Docker } = await import('dockerode');
    return new Docker({ ...IGNORED_FROM_ENVIRONMENT, ...this.place() });
  }

  /** A connection for each call: one that is kept would break with each restart of the engine, in the midst of the next call. */
  private place(): Place {
    if (!('url' in this.access)) {
      return { socketPath: this.access.socketPath, protocol: 'http', agent: new PlainAgent() };
    }
    const { protocol, hostname, port } = new URL(this.access.url);
    const secure = protocol === 'https:';
    return {
      host: hostname,
      port: port === '' ? (secure ? 443 : 80) : Number(port),
      protocol: secure ? 'https' : 'http',
      agent: secure ? new SecureAgent() : new PlainAgent(),
    };
  }

  private translated(error: unknown): unknown {
    if (error instanceof VelocityError || error instanceof EngineRefusal) return error;
    const refusal = EngineRefusal.from(error);
    if (refusal !== null) return refusal;
    return new VelocityError('DRIVER_UNAVAILABLE', unreachableText(this.where, error), { cause: error });
  }
}

/** The types of dockerode do not know the agent, which it hands to `node:http`. */
type Place = Dockerode.DockerOptions & { readonly agent: PlainAgent };

/** An answer that breaks off leaves a promise of dockerode open for ever; the deadline ends the wait then. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    const done = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    void answer.then(resolve, reject).finally(done);
  });
}
