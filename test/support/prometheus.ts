import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-ports.js';
import { requireOrSkip } from './requirements.js';

/** false: Prometheus and promtool are not both there; a line on stderr says so, VELOCITY_REQUIRE=prometheus makes it an error. */
export const HAS_PROMETHEUS = hasPrometheus();

function hasPrometheus(): boolean {
  for (const program of ['prometheus', 'promtool']) {
    const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
    if (error === undefined) continue;
    requireOrSkip('prometheus', error.message);
    return false;
  }
  return true;
}

/** Runs promtool; what it says, and whether it was content. */
export function promtool(
  args: readonly string[],
  input = '',
): { readonly code: number; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { code: status ?? -1, said: stdout + stderr };
}

/** What its API answers. */
export interface PrometheusAnswer<T> {
  readonly status: 'success' | 'error';
  readonly data: T;
  readonly error?: string;
}

export interface QueryResult {
  readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
}

/** A real Prometheus on a free port of loopback. */
export class PrometheusServer {
  private constructor(
    private readonly url: string,
    private readonly child: ChildProcess,
    private readonly directory: string,
  ) {}

  /** @param config Path of its configuration. */
  static async start(config: string): Promise<PrometheusServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'velocity-prometheus-'));
    const address = `127.0.0.1:${await freePort()}`;
    const options = [`--config.file=${config}`, `--storage.tsdb.path=${directory}`];
    const child = spawn('prometheus', [...options, `--web.listen-address=${address}`, '--log.level=error'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const server = new PrometheusServer(`http://${address}`, child, directory);
    await eventually(async () => {
      const { ok } = await fetch(`${server.url}/-/ready`);
      if (!ok) throw new Error('Prometheus is not ready');
    });
    return server;
  }

  /** Asks its API. */
  async api<T>(route: string, query: Record<string, string> = {}): Promise<PrometheusAnswer<T>> {
    const answer = await fetch(`${this.url}/api/v1/${route}?${new URLSearchParams(query)}`);
    return (await answer.json()) as PrometheusAnswer<T>;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await exited;
    await rm(this.directory, { recursive: true, force: true });
  }
}
