import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { freePort } from './free-ports.js';
import { requireOrSkip } from './requirements.js';
import { haltProcess } from './halt-process.js';

const BINARY = 'redis-server';
const START_DEADLINE_MS = 15_000;

/** false: there is none on this machine; one line on stderr says so, and VELOCITY_REQUIRE=redis-server makes it an error. */
export const HAS_REDIS = hasRedis();

function hasRedis(): boolean {
  const { error } = spawnSync(BINARY, ['--version'], { stdio: 'ignore' });
  if (error === undefined) return true;
  requireOrSkip('redis-server', error.message);
  return false;
}

/** A real Redis on a free port of loopback that keeps nothing on disk. */
export class RedisServer {
  private child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly password: string,
  ) {}

  /** @param password Empty: everybody may log in. */
  static async start(password = ''): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'velocity-redis-'));
    const server = new RedisServer(await freePort(), directory, password);
    await server.restart();
    return server;
  }

  get url(): string {
    const login = this.password === '' ? '' : `:${encodeURIComponent(this.password)}@`;
    return `redis://${login}127.0.0.1:${this.port}`;
  }

  /** A client for the test to look at what is there. Whoever takes it ends it. */
  client(): Redis {
    return new Redis(this.url, { protocol: 2 });
  }

  /** Starts it on the same port, empty; resolves when it answers. */
  async restart(): Promise<void> {
    const { port, directory, password } = this;
    const child = spawn(
      BINARY,
      [
        '--port',
        `${port}`,
        '--bind',
        '127.0.0.1',
        '--dir',
        directory,
        '--save',
        '',
        '--appendonly',
        'no',
      ].concat(password === '' ? [] : ['--requirepass', password]),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.child = child;
    const deadline = setTimeout(() => child.kill('SIGKILL'), START_DEADLINE_MS);
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stdout! })) {
      said.push(line);
      if (line.includes('Ready to accept connections')) break;
    }
    clearTimeout(deadline);
    if (child.exitCode !== null) throw new Error(`redis-server did not start:\n${said.join('\n')}`);
    child.stdout!.resume();
  }

  /** SIGKILL: what a crash looks like. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** SIGSTOP: connections stay open, new ones too, and nothing answers. */
  pause(): void {
    if (this.child !== null) haltProcess(this.child);
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}
