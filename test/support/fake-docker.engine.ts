import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';

type Attributes = Readonly<Record<string, string>>;
type Filters = Readonly<Record<string, readonly string[]>>;

export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Attributes;
  readonly createdAt: number;
  state: string;
  /** `healthy`, `unhealthy`, `starting`; empty: no health check. */
  health: string;
  exitCode: number;
  /** Nanoseconds; more with each look. */
  usedCpu: number;
  /** Exposed TCP ports; value: the port of the machine, 0: not published. */
  ports: Readonly<Record<number, number>>;
  /** Addresses by network. */
  addresses: Readonly<Record<string, string>>;
  /** What it was created with. */
  body: CreateBody;
}

export interface CreateBody {
  readonly Image?: string;
  readonly Labels?: Attributes;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly HostConfig?: { readonly NetworkMode?: string } & Readonly<Record<string, unknown>>;
}

/** The few calls of the Engine API that Velocity uses, over a Unix socket, with containers that only exist on paper. */
export class FakeDockerEngine {
  readonly containers = new Map<string, FakeContainer>();
  readonly images = new Set(['app:1']);
  readonly networks = new Set(['web']);
  /** Answers to calls, by method and path without parameters: `POST /containers/create`. Each is used once. */
  readonly refusals = new Map<string, { status: number; message: string }>();
  /** Of all calls: method, and path with ids as `*`. */
  readonly calls: string[] = [];
  private readonly streams = new Set<{ response: ServerResponse; filters: Filters }>();
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;

  private constructor(private readonly folder: string) {}

  static async start(): Promise<FakeDockerEngine> {
    const engine = new FakeDockerEngine(await mkdtemp(join(tmpdir(), 'velocity-engine-')));
    await engine.up();
    return engine;
  }

  get socketPath(): string {
    return join(this.folder, 'docker.sock');
  }

  /** How many follow its events. */
  get followers(): number {
    return this.streams.size;
  }

  count(call: string): number {
    return this.calls.filter((made) => made === call).length;
  }

  /** Listens; containers are as they were left. */
  async up(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.listen(this.socketPath);
    await once(server, 'listening');
    this.server = server;
  }

  /** Breaks all connections, and answers no more. */
  async down(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.streams.clear();
  }

  async stop(): Promise<void> {
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A container of somebody else, running; its events are told. */
  add(settings: Partial<FakeContainer> = {}): FakeContainer {
    const id = settings.id ?? randomBytes(32).toString('hex');
    const container: FakeContainer = {
      name: `c-${id.slice(0, 6)}`,
      image: 'app:1',
      labels: {},
      createdAt: 1_700_000_000 + this.containers.size,
      state: 'running',
      health: '',
      exitCode: 0,
      usedCpu: 0,
      ports: { 80: 0 },
      addresses: { web: `172.20.${this.containers.size >> 8}.${this.containers.size & 255}` },
      body: {},
      ...settings,
      id,
    };
    this.containers.set(id, container);
    this.tell(container, 'create');
    if (container.state === 'running') this.tell(container, 'start');
    return container;
  }

  /** It ends by itself. */
  die(container: FakeContainer, exitCode = 1): void {
    container.state = 'exited';
    container.exitCode = exitCode;
    this.tell(container, 'die');
  }

  setHealth(container: FakeContainer, health: string): void {
    container.health = health;
    this.tell(container, `health_status: ${health}`);
  }

  remove(container: FakeContainer): void {
    this.containers.delete(container.id);
    this.tell(container, 'destroy');
  }

  tell({ id, name, image, labels }: FakeContainer, action: string): void {
    this.write('container', action, { ID: id, Attributes: { ...labels, name, image } });
  }

  private write(type: string, action: string, actor: { ID: string; Attributes: Attributes }): void {
    for (const { response, filters } of this.streams) {
      const { type: types = [type], event: events = [action], label: labels = [] } = filters;
      const isWanted = events.some((event) => action === event || action.startsWith(`${event}:`));
      if (!types.includes(type) || !isWanted || !hasLabels(actor.Attributes, labels)) continue;
      response.write(`${JSON.stringify({ Type: type, Action: action, Actor: actor })}\n`);
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://engine');
    const call = `${request.method} ${pathname.replace(/\/containers\/[0-9a-f]{64}/, '/containers/*')}`;
    this.calls.push(call);
    const body = await text(request);
    const refusal = this.refusals.get(call);
    this.refusals.delete(call);
    if (refusal !== undefined) return answer(response, refusal.status, { message: refusal.message });
    const filters = JSON.parse(searchParams.get('filters') ?? '{}') as Filters;
    if (call === 'GET /events') return this.follow(response, filters);
    if (call === 'GET /containers/json') return answer(response, 200, this.list(filters));
    if (call === 'GET /_ping') return answer(response, 200, 'OK');
    if (call === 'POST /containers/create') {
      return this.create(response, searchParams.get('name') ?? '', JSON.parse(body) as CreateBody);
    }
    if (pathname.startsWith('/images/')) return this.image(response, pathname, searchParams);
    const [, id = '', verb = ''] = /^\/containers\/([0-9a-f]{64})\/?(\w*)$/.exec(pathname) ?? [];
    const container = this.containers.get(id);
    if (container === undefined) return answer(response, 404, { message: `No such container: ${id}` });
    return this.one(response, container, request.method === 'DELETE' ? 'remove' : verb);
  }

  private one(response: ServerResponse, container: FakeContainer, verb: string): void {
    switch (verb) {
      case 'start':
        container.state = 'running';
        this.tell(container, 'start');
        return answer(response, 204);
      case 'stop':
        this.die(container, 0);
        return answer(response, 204);
      case 'remove':
        this.remove(container);
        return answer(response, 204);
      case 'json':
        return answer(response, 200, {
          State: { ExitCode: container.exitCode, OOMKilled: container.exitCode === 137, Error: '' },
        });
      case 'logs':
        return answer(
          response,
          200,
          Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 5]), Buffer.from('oops\n')]),
        );
      case 'stats':
        return answer(response, 200, {
          read: new Date().toISOString(),
          cpu_stats: { cpu_usage: { total_usage: (container.usedCpu += 50e6) }, online_cpus: 2 },
        });
      default:
        return answer(response, 404, { message: 'page not found' });
    }
  }

  private create(response: ServerResponse, name: string, body: CreateBody): void {
    const {
      Image: image = '',
      Labels: labels = {},
      ExposedPorts: exposed = {},
      HostConfig: host = {},
    } = body;
    if (!this.images.has(image)) return answer(response, 404, { message: `No such image: ${image}` });
    const network = host.NetworkMode ?? 'bridge';
    if (network !== 'bridge' && !this.networks.has(network)) {
      return answer(response, 404, { message: `network ${network} not found` });
    }
    if ([...this.containers.values()].some((container) => container.name === name)) {
      return answer(response, 409, { message: `Conflict. The container name "/${name}" is already in use` });
    }
    const published = network === 'bridge' ? 49_153 + this.containers.size : 0;
    const ports = Object.fromEntries(Object.keys(exposed).map((port) => [parseInt(port, 10), published]));
    const addresses = { [network]: `172.20.0.${this.containers.size + 2}` };
    const { id } = this.add({ name, image, labels, ports, addresses, body, state: 'created' });
    answer(response, 201, { Id: id, Warnings: [] });
  }

  private image(response: ServerResponse, pathname: string, parameters: URLSearchParams): void {
    if (pathname === '/images/create') {
      const name = `${parameters.get('fromImage')}:${parameters.get('tag')}`;
      return answer(response, 200, `{"status":"Pulling"}\n{"error":"manifest for ${name} not found"}\n`);
    }
    const name = decodeURIComponent(pathname.slice('/images/'.length, -'/json'.length));
    if (this.images.has(name)) return answer(response, 200, { Id: 'sha256:1' });
    answer(response, 404, { message: `No such image: ${name}` });
  }

  private follow(response: ServerResponse, filters: Filters): void {
    const stream = { response, filters };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    this.streams.add(stream);
    response.once('close', () => this.streams.delete(stream));
  }

  private list({ label: labels = [], status: states }: Filters): object[] {
    return [...this.containers.values()]
      .filter((container) => hasLabels(container.labels, labels))
      .filter(({ state }) => states === undefined || states.includes(state))
      .map((container) => ({
        Id: container.id,
        Names: [`/${container.name}`],
        Image: container.image,
        Labels: container.labels,
        Created: container.createdAt,
        State: container.state,
        Status: statusOf(container),
        Ports: Object.entries(container.ports).map(([inside, outside]) => ({
          PrivatePort: Number(inside),
          Type: 'tcp',
          ...(outside === 0 ? {} : { PublicPort: outside, IP: '127.0.0.1' }),
        })),
        NetworkSettings: {
          Networks: Object.fromEntries(
            Object.entries(container.addresses).map(([name, IPAddress]) => [name, { IPAddress }]),
          ),
        },
      }));
  }
}

function statusOf({ state, health, exitCode }: FakeContainer): string {
  if (state === 'exited') return `Exited (${exitCode}) 1 second ago`;
  if (state !== 'running') return state;
  if (health === '') return 'Up 2 seconds';
  return `Up 2 seconds (${health === 'starting' ? 'health: starting' : health})`;
}

function hasLabels(attributes: Attributes, wanted: readonly string[]): boolean {
  return wanted.every((label) => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/.exec(label) ?? [];
    return name in attributes && (value === undefined || attributes[name] === value);
  });
}

async function text(request: IncomingMessage): Promise<string> {
  let whole = '';
  for await (const piece of request.setEncoding('utf8')) whole += String(piece);
  return whole;
}

function answer(response: ServerResponse, status: number, body?: object | string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  const isRaw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
  response.end(isRaw ? body : JSON.stringify(body));
}
