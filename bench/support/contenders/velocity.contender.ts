import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { Child } from '../children.js';
import type { Site } from '../site.js';
import { backendsOf, type Contender, type RunningProxy, type Setup } from './contender.js';

const START_DEADLINE_MS = 60_000;
const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Idle connections are kept for all of a run. */
const IDLE = '1h';

export interface VelocityOptions {
  readonly lane?: 'auto' | 'wire' | 'http';
  readonly workers?: number;
  readonly accessLog?: boolean;
  /** Somebody else holds the store for writing: records are made, encoded, handed over, and given up at last. */
  readonly isStoreHeld?: boolean;
  /** Default: one service over the two addresses of the origin. */
  readonly services?: readonly object[];
  /** More keys at the top level. Default: none. */
  readonly settings?: object;
  /** Arguments for Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningVelocity extends RunningProxy {
  /** Samples of `/metrics`, by name; those with labels are summed. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  readonly folder: string;
}

/** The whole product as a user runs it: control plane, store, access log and probes on. */
export class Velocity implements Contender {
  constructor(
    readonly name: string,
    readonly title: string,
    private readonly options: VelocityOptions = {},
  ) {}

  version(): string {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    return version;
  }

  async start(site: Site, setup: Setup): Promise<RunningVelocity> {
    const folder = path.join(site.folder, `${this.name}-${process.hrtime.bigint()}`);
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'velocity.json');
    writeFileSync(file, JSON.stringify(this.configuration(setup)));
    const child = site.children.start({
      name: this.title,
      command: process.execPath,
      args: [
        ...(this.options.nodeArgs ?? []),
        path.join(site.options.dist, 'main.js'),
        'run',
        '--config',
        file,
      ],
      cores: site.pins.proxy,
      cwd: folder,
      env: this.options.env,
    });
    const { listeners, admin } = await ready(child);
    const token = readFileSync(path.join(folder, 'data', 'admin.token'), 'utf8').trim();
    const metrics = () => readMetrics(admin, token);
    const records = async () =>
      this.options.accessLog === false || this.options.isStoreHeld
        ? null
        : ((await metrics()).get('velocity_access_log_stored_total') ?? 0);
    const proxy = { port: listeners[0]!.port, child, folder, metrics, records };
    await untilProbed(proxy);
    if (this.options.isStoreHeld) holdStore(path.join(folder, 'data', 'velocity.db'), child);
    return proxy;
  }

  /** Everything at its default but the ports, the number of workers and what a measurement is about. */
  private configuration(setup: Setup): object {
    const { lane, workers = 1, accessLog, services, settings } = this.options;
    return {
      listeners: [{ host: '127.0.0.1', port: 0, lane, timeouts: { idle: IDLE } }],
      admin: { host: '127.0.0.1', port: 0 },
      workers,
      accessLog: accessLog === false ? { enabled: false } : undefined,
      ...settings,
      services: services ?? [
        { name: 'bench', backends: backendsOf(setup.origin).map((address) => `http://${address}`) },
      ],
    };
  }
}

/** For as long as the balancer runs nobody else can write into its database. */
function holdStore(file: string, child: Child): void {
  const db = new DatabaseSync(file);
  db.exec('BEGIN IMMEDIATE');
  child.process.once('exit', () => db.close());
}

interface ReadyLine {
  readonly event?: string;
  readonly listeners: readonly { readonly port: number }[];
  readonly admin: string;
}

/** The log line that tells the ports. Reads the log on, or the pipe fills and the balancer waits. */
function ready(child: Child): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    const fail = (why: string) =>
      reject(new Error(`${child.name} ${why}. ${seen.join('\n')} ${child.complaint}`));
    const deadline = setTimeout(() => fail(`was not ready after ${START_DEADLINE_MS} ms`), START_DEADLINE_MS);
    child.process.once('exit', () => fail('ended at its start'));
    createInterface({ input: child.process.stdout! }).on('line', (line) => {
      if (seen.length < 20) seen.push(line);
      if (!line.includes('"event":"ready"')) return;
      clearTimeout(deadline);
      resolve(JSON.parse(line) as ReadyLine);
    });
  });
}

/** Until then a probe may still take part of the first measurement. */
async function untilProbed(proxy: RunningVelocity): Promise<void> {
  for (;;) {
    const metrics = await proxy.metrics();
    const probed = metrics.get('velocity_service_backends_available') ?? 0;
    if (probed >= (metrics.get('velocity_service_backends') ?? 0)) return;
    proxy.child.assertRuns();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function readMetrics(admin: string, token: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${admin}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`GET /metrics: ${response.status} ${await response.text()}`);
  const sums = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    const [, name, value] = /^(\w+)(?:\{.*\})? (\S+)/.exec(line) ?? [];
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}
