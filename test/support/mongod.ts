import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import mongoose from 'mongoose';
import { freePort } from './free-ports.js';
import { findMongod } from './mongod/mongod-binary.js';
import { requireOrSkip } from './requirements.js';
import { haltProcess } from './halt-process.js';

const SET = 'velocity';
const START_DEADLINE_MS = 60_000;

/** A real MongoDB server for one spec file. */
export interface Mongod {
  /** Without a database name. */
  readonly uri: string;
  /** A database name of its own. */
  readonly database: string;
  readonly pid: number;
  /** Ends the server and removes its files (of a server from MONGODB_URI: drops the database). */
  stop(): Promise<void>;
  /** SIGKILL: what a crash or an out-of-memory kill looks like. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files; resolves when it takes writes. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
}

export interface MongodOptions {
  /** Default true: a replica set of one node, as transactions need it. */
  readonly replicaSet?: boolean;
  /** Default true; false: started as a member of a replica set which nobody initiates. */
  readonly initiated?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** Of the server's cache, GiB; default 0.25, which is enough for all but measurements. */
  readonly cacheGb?: number;
}

/** True when the server was given by the environment and is not ours to kill. */
export const MONGOD_IS_GIVEN = (process.env['MONGODB_URI'] ?? '') !== '';

/**
 * Starts a server on a free loopback port, or uses the one that MONGODB_URI names (then kill, restart and pause throw).
 * null: there is none on this machine; one line on stderr says so, and VELOCITY_REQUIRE=mongod makes it an error.
 */
export async function startMongod(options: MongodOptions = {}): Promise<Mongod | null> {
  if (MONGOD_IS_GIVEN) return givenMongod(process.env['MONGODB_URI'] as string);
  let binary: string;
  try {
    binary = await findMongod();
  } catch (error) {
    requireOrSkip('mongod', (error as Error).message);
    return null;
  }
  const server = new MongodProcess(binary, await mkdtemp(join(tmpdir(), 'velocity-mongod-')), {
    port: options.port ?? (await freePort()),
    replicaSet: options.replicaSet ?? true,
    cacheGb: options.cacheGb ?? 0.25,
  });
  await server.start(options.initiated ?? true);
  return server;
}

function databaseName(): string {
  return `velocity_${randomBytes(6).toString('hex')}`;
}

function givenMongod(uri: string): Mongod {
  const unavailable = () => {
    throw new Error('The server from MONGODB_URI is not ours to stop: unset it to run this spec.');
  };
  const database = databaseName();
  return {
    uri,
    database,
    pid: 0,
    stop: () => withClient(uri, async (client) => void (await client.db(database).dropDatabase())),
    kill: async () => unavailable(),
    restart: async () => unavailable(),
    pause: unavailable,
    resume: unavailable,
  };
}

class MongodProcess implements Mongod {
  readonly database = databaseName();
  readonly uri: string;
  private child: ChildProcess | null = null;
  private readonly reap = () => void this.child?.kill('SIGKILL');

  constructor(
    private readonly binary: string,
    private readonly folder: string,
    private readonly options: Required<Omit<MongodOptions, 'initiated'>>,
  ) {
    const { port, replicaSet } = options;
    this.uri = `mongodb://127.0.0.1:${port}/${replicaSet ? `?replicaSet=${SET}` : ''}`;
    process.once('exit', this.reap);
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  async start(initiated: boolean): Promise<void> {
    await this.spawn();
    if (this.options.replicaSet && initiated) await this.initiate();
  }

  async stop(): Promise<void> {
    process.off('exit', this.reap);
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.spawn();
    await this.untilPrimary();
  }

  pause(): void {
    if (this.child !== null) haltProcess(this.child);
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  private async spawn(): Promise<void> {
    const { port, replicaSet, cacheGb } = this.options;
    const args = ['--dbpath', this.folder, '--port', String(port), '--bind_ip', '127.0.0.1'];
    args.push('--nounixsocket', '--wiredTigerCacheSizeGB', String(cacheGb), '--oplogSize', '50');
    args.push('--setParameter', 'diagnosticDataCollectionEnabled=false');
    // Retention is looked at once a second instead of once a minute.
    args.push('--setParameter', 'ttlMonitorSleepSecs=1');
    if (replicaSet) args.push('--replSet', SET);
    const child = spawn(this.binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    const tail: string[] = [];
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => child.kill('SIGKILL'), START_DEADLINE_MS);
      lines.on('line', (line) => {
        if (tail.push(line) > 5) tail.shift();
        if (!line.includes('"Waiting for connections"')) return;
        clearTimeout(deadline);
        resolve();
      });
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(new Error(`mongod ended at its start (${code ?? signal}): ${tail.join('\n')}`)),
      );
    });
  }

  private async initiate(): Promise<void> {
    const members = [{ _id: 0, host: `127.0.0.1:${this.options.port}` }];
    await withClient(this.directUri, (client) =>
      client.db('admin').command({ replSetInitiate: { _id: SET, members } }),
    );
    await this.untilPrimary();
  }

  /** The driver itself waits until it can select the server that takes writes. */
  private async untilPrimary(): Promise<void> {
    await withClient(this.uri, (client) => client.db('admin').command({ ping: 1 }));
  }

  private get directUri(): string {
    return `mongodb://127.0.0.1:${this.options.port}/?directConnection=true`;
  }
}

async function withClient<T>(
  uri: string,
  action: (client: mongoose.mongo.MongoClient) => Promise<T>,
): Promise<T> {
  const client = new mongoose.mongo.MongoClient(uri, {
    serverSelectionTimeoutMS: START_DEADLINE_MS,
    heartbeatFrequencyMS: 500,
    minHeartbeatFrequencyMS: 50,
  });
  try {
    await client.connect();
    return await action(client);
  } finally {
    await client.close();
  }
}
