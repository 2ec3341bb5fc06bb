import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freeRange } from './free-ports.js';
import { haltProcess } from './halt-process.js';

const SOURCES = new URL('./typescript-sources.mjs', import.meta.url).href;
const ENTRY = fileURLToPath(new URL('./backend-process.entry.mjs', import.meta.url));
const START_DEADLINE_MS = 15_000;

export interface BackendProcessOptions {
  /** Default: a free one. Given only to come back on the port of a process that ended. */
  readonly port?: number;
  /** How many servers in the process; more than one only without a port. Default 1. */
  readonly count?: number;
  /** Seconds until it responds; default 0. */
  readonly duration?: number;
  readonly name?: string;
}

/** The test server as a real child process. It ends with its parent, however that ends. */
export class BackendProcess {
  readonly pid: number;

  constructor(
    private readonly child: ChildProcess,
    /** Of every server of the process. */
    readonly ports: readonly number[],
  ) {
    this.pid = child.pid!;
  }

  get port(): number {
    return this.ports[0]!;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends it at once, as a crash would: its sockets are reset. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Lets it finish what runs. Resolves with its exit code; null when it had to be killed. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** Freezes it (accepts connections, answers nothing) and thaws it. */
  freeze(): void {
    haltProcess(this.child);
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Turns what `/health` answers: 200 or 503. */
  async setHealth(on: boolean, port: number = this.port): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${port}/health/${on ? 'on' : 'off'}`, { method: 'POST' });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`The backend process answered ${response.status}.`);
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill(signal);
    const [code] = await exited;
    return code;
  }
}

/** Resolves when it listens; rejects with what it wrote when it does not get there. */
export async function startBackendProcess(options: BackendProcessOptions = {}): Promise<BackendProcess> {
  const { count = 1, duration = 0, name = '' } = options;
  const { from } = options.port === undefined ? await freeRange(count) : { from: options.port };
  const child = spawn(process.execPath, ['--import', SOURCES, ENTRY], {
    // Standard input is the life line: it ends when this process ends.
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PORT: Array.from({ length: count }, (_, index) => from + index).join(','),
      DURATION: String(duration),
      HOST: '127.0.0.1',
      NAME: name,
      NODE_OPTIONS: '',
    },
  });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const lines = createInterface({ input: child.stdout });
  const deadline = setTimeout(() => child.kill('SIGKILL'), START_DEADLINE_MS);
  try {
    const line = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
    if (typeof line[0] !== 'string') throw new Error(`The backend process did not start: ${errors}`);
    const ready = JSON.parse(line[0]) as { servers: readonly { port: number }[] };
    return new BackendProcess(
      child,
      ready.servers.map((server) => server.port),
    );
  } finally {
    clearTimeout(deadline);
  }
}
