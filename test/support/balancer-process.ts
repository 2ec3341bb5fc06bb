import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from './eventually.js';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/main.js');
/** Of thousands of services on a busy machine. */
const START_DEADLINE_MS = 60_000;
const IDLE_DEADLINE_MS = 10_000;

export interface LogLine {
  readonly msg?: string;
  readonly [field: string]: unknown;
}

/** A balancer in a process of its own, in a folder of its own, run from the build as a user would run it. */
export class BalancerProcess {
  readonly log: LogLine[] = [];
  /** What was printed beside the structured log. */
  readonly text: string[] = [];
  trafficPort = 0;
  adminUrl = '';
  token = '';
  /** Resolves with the exit code, once it has ended and all that it said has been read. */
  readonly exited: Promise<number | null>;
  private readonly waiters = new Set<() => void>();

  private constructor(
    readonly dir: string,
    readonly child: ChildProcess,
  ) {
    this.exited = once(child, 'close').then(([code]) => code as number | null);
  }

  static async start(config: object | string, options: StartOptions = {}): Promise<BalancerProcess> {
    const dir = options.dir ?? (await mkdtemp(path.join(tmpdir(), 'velocity-e2e-')));
    await writeFile(
      path.join(dir, 'velocity.yml'),
      typeof config === 'string' ? config : JSON.stringify(config),
    );
    const [program, ...args] = commandOf(options);
    const child = spawn(program, args, {
      cwd: dir,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const balancer = new BalancerProcess(dir, child);
    balancer.readOutput();
    try {
      await balancer.ready();
    } catch (error) {
      await balancer.stop('SIGKILL');
      throw error;
    }
    return balancer;
  }

  get configPath(): string {
    return path.join(this.dir, 'velocity.yml');
  }

  /** Calls the admin API. */
  async api<T = unknown>(method: string, route: string, body?: unknown): Promise<ApiAnswer<T>> {
    const response = await fetch(this.adminUrl + route, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : text) as T,
      headers: response.headers,
    };
  }

  /** Every backend has had its first probe: who is fit serves. */
  async probed(): Promise<void> {
    let page: string | null = '/api/v1/services?limit=1000';
    while (page !== null) page = await this.nextOfProbed(page);
  }

  /** The status once nothing is in flight: a client has its last byte before the worker has booked the exchange. */
  idle<T extends { readonly ledger: { readonly inFlight: number } }>(): Promise<T> {
    return eventually(async () => {
      const { body } = await this.api<T>('GET', '/api/v1/status');
      const { inFlight } = body.ledger;
      if (inFlight !== 0) throw new Error(`${inFlight} are still in flight`);
      return body;
    }, IDLE_DEADLINE_MS);
  }

  /** The first log line, past or future, that fits. */
  async logged(fits: (line: LogLine) => boolean, deadlineMs = 15_000): Promise<LogLine> {
    const deadline = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const found = this.log.find(fits);
      if (found) return found;
      await new Promise<void>((resolve, reject) => {
        const onAbort = () =>
          reject(new Error(`not logged in ${deadlineMs} ms; the log:\n${this.printLog()}`));
        deadline.addEventListener('abort', onAbort, { once: true });
        this.waiters.add(() => {
          deadline.removeEventListener('abort', onAbort);
          resolve();
        });
      });
    }
  }

  printLog(): string {
    return [...this.log.map((line) => JSON.stringify(line)), ...this.text].join('\n');
  }

  /** SIGTERM, and the exit code. Keeps the folder. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  }

  /** Ends the process, whatever its state, and removes its folder. */
  async dispose(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.dir, { recursive: true, force: true });
  }

  /** The page behind this one, once all backends of this one have been probed; null: it is the last. */
  private nextOfProbed(page: string): Promise<string | null> {
    return eventually(async () => {
      const { body } = await this.api<ServicePage>('GET', page);
      const backends = body.items.flatMap((service) => service.backends);
      const unknown = backends.filter(({ state, health }) => state !== 'disabled' && health === 'unknown');
      if (unknown.length > 0) throw new Error(`${unknown.length} backends have not been probed yet`);
      return body.next;
    }, START_DEADLINE_MS);
  }

  private readOutput(): void {
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.onLine(line));
    createInterface({ input: this.child.stderr! }).on('line', (line) => this.text.push(line));
  }

  private onLine(line: string): void {
    try {
      this.log.push(JSON.parse(line) as LogLine);
    } catch {
      this.text.push(line);
    }
    for (const wake of this.waiters) wake();
    this.waiters.clear();
  }

  private async ready(): Promise<void> {
    const exited = once(this.child, 'exit').then(([code]) => {
      throw new Error(`the balancer ended with code ${String(code)}:\n${this.printLog()}`);
    });
    const line = await Promise.race([
      this.logged((entry) => entry['event'] === 'ready', START_DEADLINE_MS),
      exited,
    ]);
    exited.catch(() => undefined);
    const listeners = line['listeners'] as readonly { port: number }[];
    this.trafficPort = listeners[0]!.port;
    this.adminUrl = line['admin'] as string;
    this.token = (await readFile(path.join(this.dir, 'data', 'admin.token'), 'utf8')).trim();
  }
}

/** A shell sets the limit and becomes the balancer: the pid is the balancer's. Node raises the soft limit, so both are set. */
function commandOf({ args = [], fileLimit }: StartOptions): [string, ...string[]] {
  const command = [process.execPath, ENTRY, 'run', '--config', 'velocity.yml', ...args] as const;
  if (fileLimit === undefined) return [...command];
  return ['sh', '-c', `ulimit -n ${fileLimit} && exec "$0" "$@"`, ...command];
}

export interface StartOptions {
  /** Folder to run in; kept from an earlier start to test a restart. Default: a new one. */
  readonly dir?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Most files and sockets that the process may have open; default: as this one. */
  readonly fileLimit?: number;
}

export interface ApiAnswer<T> {
  readonly status: number;
  /** Parsed when it is JSON, else the text. */
  readonly body: T;
  readonly headers: Headers;
}

interface ServicePage {
  readonly next: string | null;
  readonly items: readonly {
    readonly backends: readonly { readonly state: string; readonly health: string }[];
  }[];
}
