import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-ports.js';
import type { ApiAnswer } from '../support/balancer-process.js';
import type { DockerEngine } from './docker.engine.js';

const ROOT = resolve(import.meta.dirname, '../..');
/** All that a user needs of the repository for `docker compose up`. */
const CONTEXT = [
  '.dockerignore',
  '.npmrc',
  'Dockerfile',
  'LICENSE',
  'bin',
  'config',
  'dashboard',
  'docker',
  'docker-compose.yml',
  'nest-cli.json',
  'package-lock.json',
  'package.json',
  'src',
  'tsconfig.build.json',
  'tsconfig.json',
];
const TEST_SERVERS = ['test-server-1', 'test-server-2', 'test-server-3'] as const;
const OURS = ['balancer', ...TEST_SERVERS] as const;
/** Service and profile of docker-compose.yml. */
const SCALING = 'scaling-balancer';
const SCALING_PROFILE = ['--profile', 'autoscaling'];
const POLL_MS = 200;
const DEFAULT_DEADLINE_MS = 60_000;

export type Service = (typeof OURS)[number] | 'mongodb' | typeof SCALING;

interface Place {
  readonly folder: string;
  readonly trafficPort: number;
  readonly adminPort: number;
  readonly scalingPort: number;
  readonly scalingAdminPort: number;
}

/** What docker-compose.yml describes, from a copy of the repository, with ports and image names of its own. */
export class Stack {
  readonly project = `velocity-test-${randomBytes(4).toString('hex')}`;
  readonly balancerImage = `velocity-balancer:${this.project}`;
  readonly testServerImage = `velocity-test-server:${this.project}`;
  /** Of the containers that the balancer of the profile starts. */
  readonly scaledNetwork = `${this.project}-scaled`;
  readonly folder: string;
  readonly trafficPort: number;
  readonly adminPort: number;
  readonly scalingPort: number;
  readonly scalingAdminPort: number;
  private readonly environment: Readonly<Record<string, string>>;
  /** Of the first start: whatever happens later, it must open the API. */
  private token = '';

  private constructor(
    readonly engine: DockerEngine,
    mongoImage: string,
    place: Place,
  ) {
    this.folder = place.folder;
    this.trafficPort = place.trafficPort;
    this.adminPort = place.adminPort;
    this.scalingPort = place.scalingPort;
    this.scalingAdminPort = place.scalingAdminPort;
    const { socketPath } = engine;
    this.environment = {
      MONGO_IMAGE: mongoImage,
      VELOCITY_PORT: String(place.trafficPort),
      VELOCITY_ADMIN_PORT: String(place.adminPort),
      VELOCITY_SCALING_PORT: String(place.scalingPort),
      VELOCITY_SCALING_ADMIN_PORT: String(place.scalingAdminPort),
      VELOCITY_SCALED_IMAGE: this.testServerImage,
      VELOCITY_SCALED_NETWORK: this.scaledNetwork,
      ...(socketPath === null
        ? {}
        : { DOCKER_SOCKET: socketPath, DOCKER_GROUP: String(statSync(socketPath).gid) }),
    };
  }

  /** Copies what is needed; builds and starts nothing. */
  static async prepare(engine: DockerEngine, mongoImage: string): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), 'velocity-compose-'));
    for (const name of CONTEXT) await cp(join(ROOT, name), join(folder, name), { recursive: true });
    const [trafficPort, adminPort] = [await freePort(), await freePort()];
    const [scalingPort, scalingAdminPort] = [await freePort(), await freePort()];
    const place = { folder, trafficPort, adminPort, scalingPort, scalingAdminPort };
    const stack = new Stack(engine, mongoImage, place);
    await writeFile(join(folder, 'override.json'), JSON.stringify(stack.override()));
    return stack;
  }

  compose(...args: readonly string[]): Promise<string> {
    return this.composeWith([], args);
  }

  /** With the services of the profile `autoscaling`, too. */
  composeScaling(...args: readonly string[]): Promise<string> {
    return this.composeWith(SCALING_PROFILE, args);
  }

  private composeWith(profile: readonly string[], args: readonly string[]): Promise<string> {
    const files = ['-f', 'docker-compose.yml', '-f', 'override.json', '-p', this.project];
    return this.engine.compose([...files, ...profile, ...args], { cwd: this.folder, env: this.environment });
  }

  /** Everything is up and healthy, and the store takes writes. */
  async up(): Promise<void> {
    await this.compose('up', '--detach', '--no-build');
    await this.ready();
  }

  async ready(): Promise<void> {
    for (const service of OURS) {
      await this.until(`${service} is healthy`, async () => (await this.state(service)).health === 'healthy');
    }
    if (this.token === '') this.token = await this.storedToken();
    await this.storeIs('connected');
    await this.until('all backends are healthy', async () => {
      const { body } = await this.api<ServicePage>('GET', '/api/v1/services');
      const backends = body.items.flatMap((service) => service.backends);
      return backends.every(({ state, health }) => state === 'disabled' || health === 'healthy');
    });
  }

  /** Removes containers, volumes, images and files. */
  async remove(): Promise<void> {
    await this.composeScaling('down', '--volumes', '--timeout', '5');
    for (const image of [this.balancerImage, this.testServerImage]) {
      if (await this.engine.has(image)) await this.engine.docker(['image', 'rm', '--force', image]);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Output of a command in a service's running container. */
  async exec(service: Service, ...command: readonly string[]): Promise<string> {
    return this.engine.docker(['exec', await this.container(service), ...command]);
  }

  async container(service: Service): Promise<string> {
    const label = `label=com.docker.compose.service=${service}`;
    const project = `label=com.docker.compose.project=${this.project}`;
    const ids = await this.engine.docker(['ps', '--all', '--quiet', '--filter', project, '--filter', label]);
    const [id] = ids.split('\n');
    if (!id) throw new Error(`${service} has no container`);
    return id;
  }

  async state(service: Service): Promise<ContainerState> {
    const text = await this.engine.docker([
      'inspect',
      '--format',
      '{{json .State}}',
      await this.container(service),
    ]);
    const state = JSON.parse(text) as { Running: boolean; ExitCode: number; Health?: { Status: string } };
    return { running: state.Running, exitCode: state.ExitCode, health: state.Health?.Status ?? 'none' };
  }

  storedToken(): Promise<string> {
    return this.exec('balancer', 'cat', 'data/admin.token');
  }

  /** Calls the admin API over its published port. */
  async api<T>(method: string, route: string, body?: unknown): Promise<ApiAnswer<T>> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}${route}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? null : JSON.parse(text)) as T,
      headers: response.headers,
    };
  }

  async storeIs(state: string): Promise<void> {
    await this.until(`the store is ${state}`, async () => {
      const { body } = await this.api<{ store: { state: string } }>('GET', '/api/v1/status');
      return body.store.state === state;
    });
  }

  /** Documents of a collection: asked in the balancer's container, which alone is on a network with MongoDB. */
  async documents<T>(collection: string, filter: object, database = 'velocity'): Promise<readonly T[]> {
    const query = `
      import mongoose from 'mongoose';
      const [uri, collection, filter] = process.argv.slice(1);
      const client = await mongoose.mongo.MongoClient.connect(uri);
      const found = await client.db().collection(collection).find(JSON.parse(filter)).toArray();
      console.log(JSON.stringify(found));
      await client.close();`;
    const uri = `mongodb://mongodb:27017/${database}?replicaSet=velocity`;
    const node = ['node', '--input-type=module', '--eval', query];
    return JSON.parse(await this.exec('balancer', ...node, uri, collection, JSON.stringify(filter))) as T[];
  }

  async until(what: string, holds: () => Promise<boolean>, deadlineMs = DEFAULT_DEADLINE_MS): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    let reason = '';
    while (Date.now() < deadline) {
      try {
        if (await holds()) return;
        reason = 'it is not so';
      } catch (error) {
        reason = (error as Error).message;
      }
      await delay(POLL_MS);
    }
    const logs = await this.compose('logs', '--tail', '20').catch((error: Error) => error.message);
    throw new Error(`after ${deadlineMs} ms not: ${what} (${reason})\n${logs}`);
  }

  private override(): object {
    // The network of the machine: its way to a package registry is not always one for containers too.
    const build = { network: 'host' };
    const testServer = { image: this.testServerImage, build };
    return {
      services: {
        balancer: { image: this.balancerImage, build },
        [SCALING]: { image: this.balancerImage, build },
        ...Object.fromEntries(TEST_SERVERS.map((name) => [name, testServer])),
      },
    };
  }
}

export interface ContainerState {
  readonly running: boolean;
  readonly exitCode: number;
  /** `starting`, `healthy`, `unhealthy`; `none`: its image has no health check. */
  readonly health: string;
}

interface ServicePage {
  readonly items: readonly {
    readonly backends: readonly { readonly state: string; readonly health: string }[];
  }[];
}
