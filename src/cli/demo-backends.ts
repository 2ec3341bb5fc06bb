import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VelocityConfig } from '../common/config/index.js';
import { Backoff } from '../common/backoff.js';
import { endOrphans, ProcessDriver } from '../modules/autoscaling/drivers/process/index.js';

/** What `--demo` says while it works. */
export interface DemoLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Beyond this many ports a process serves several of them: each one costs some memory. */
const MAX_PROCESSES = 16;
/** The test server cuts what still runs after ten seconds. */
const STOP_MS = 12_000;
const RESTART = { baseMs: 200, maxMs: 10_000 };
const PROGRAM = fileURLToPath(new URL('../test-server.main.js', import.meta.url));

/**
 * Real HTTP servers behind the services of a configuration: test servers that listen on every port of 127.0.0.1 which
 * the file names as a plain backend. One that dies is started again. They end with the balancer; when that is killed, the
 * next start with `--demo` goes on with them.
 */
export class DemoBackends {
  private readonly servers: readonly DemoServer[];

  private constructor(
    ports: readonly number[],
    /** Of what is known of the processes. */
    private readonly folder: string,
    private readonly log: DemoLog,
    isSuccessor: boolean,
  ) {
    this.servers = dealt(ports).map((some) => new DemoServer(some, folder, { log, isSuccessor }));
  }

  /** @param isSuccessor It takes over from a balancer that runs, whose demo backends it may find. */
  static of(config: VelocityConfig, log: DemoLog, isSuccessor: boolean): DemoBackends {
    const urls = config.services.flatMap((service) => service.backends);
    const ports = urls.filter((one) => isServed(one.host) && !one.secure).map((one) => one.port);
    const folder = path.join(path.dirname(config.admin.tokenFile), 'demo');
    return new DemoBackends([...new Set(ports)], folder, log, isSuccessor);
  }

  /** Resolves when they listen, or when they could not be started, which is logged: the balancer runs all the same. */
  async start(): Promise<void> {
    if (this.servers.length === 0) return;
    await endOrphans(
      this.folder,
      this.servers.map(({ name }) => name),
    );
    const listening = await Promise.all(this.servers.map((one) => one.start()));
    const ports = this.servers.filter((_, index) => listening[index]).flatMap((one) => one.ports);
    if (ports.length > 0) this.log.info({ ports }, 'demo backends listen');
  }

  /** @param handOver Another balancer takes over, and these with it. */
  async stop(handOver = false): Promise<void> {
    await Promise.all(this.servers.map((one) => one.stop(handOver)));
  }

  /** At once, because this process ends at once. */
  kill(): void {
    for (const one of this.servers) one.kill();
  }
}

/** One process of the test server. */
class DemoServer {
  readonly name: string;
  private readonly log: DemoLog;
  private readonly isSuccessor: boolean;
  private readonly driver: ProcessDriver;
  private readonly backoff = new Backoff(RESTART);
  private readonly settled = Promise.withResolvers<boolean>();
  /** It has been there: from then on it is started again, whatever happens. */
  private isOurs = false;
  /** Its port is held by the process of the balancer that is taken over. */
  private isAwaited = false;
  private isStopped = false;
  private restart: NodeJS.Timeout | null = null;

  constructor(
    readonly ports: readonly number[],
    folder: string,
    { log, isSuccessor }: { readonly log: DemoLog; readonly isSuccessor: boolean },
  ) {
    // It listens on one after the other: when the last one accepts, all do.
    const last = ports.at(-1)!;
    this.log = log;
    this.isSuccessor = isSuccessor;
    this.name = `demo-${last}`;
    this.driver = new ProcessDriver({
      service: this.name,
      settings: {
        command: process.execPath,
        args: [PROGRAM],
        env: { HOST: '127.0.0.1', PORT: ports.join(',') },
        folder: null,
        ports: { from: last, to: last },
        stopMs: STOP_MS,
      },
      folder,
      log: { info: () => undefined, warn: (fields, message) => log.warn(fields, message) },
    });
  }

  /** Resolves with whether it listens. */
  async start(): Promise<boolean> {
    this.driver.watch(() => this.look());
    try {
      const adopted = await this.driver.list();
      // One of another version is on its way out, and leaves its port to the new one.
      if (!adopted.some(({ state }) => state === 'running' || state === 'starting'))
        await this.driver.start(1);
      await this.lookNow();
    } catch (error) {
      this.refused(error as Error);
    }
    return this.settled.promise;
  }

  async stop(handOver: boolean): Promise<void> {
    this.isStopped = true;
    if (this.restart !== null) clearTimeout(this.restart);
    this.settled.resolve(false);
    await this.driver.close({ handOver });
  }

  kill(): void {
    this.isStopped = true;
    this.driver.kill();
  }

  private look(): void {
    this.lookNow().catch((error: Error) => this.refused(error));
  }

  private async lookNow(): Promise<void> {
    const all = await this.driver.list();
    if (this.isStopped) return;
    this.isOurs ||= all.some(({ state }) => state === 'running' || state === 'stopping');
    if (all.some(({ state }) => state === 'running')) {
      if (this.isAwaited) this.log.info({ ports: this.ports }, 'demo backends were taken over');
      this.isAwaited = false;
      this.backoff.reset();
      this.settled.resolve(true);
    } else if (all.every(({ state }) => state === 'failed')) {
      this.settled.resolve(false);
      this.startAgain();
    }
  }

  private startAgain(): void {
    if (!this.isOurs || this.isStopped || this.restart !== null) return;
    this.restart = setTimeout(() => {
      this.restart = null;
      this.driver.start(1).catch((error: Error) => this.refused(error));
    }, this.backoff.next()).unref();
  }

  private refused({ message }: Error): void {
    this.settled.resolve(false);
    if (this.isStopped) return;
    this.isAwaited = this.isSuccessor && !this.isOurs;
    if (this.isAwaited)
      this.log.info({ ports: this.ports }, 'demo backends of the other balancer are waited for');
    else this.log.warn({ ports: this.ports, reason: message }, 'demo backends did not start');
    this.startAgain();
  }
}

/** As many hands as there are processes, in the order of the ports. */
function dealt(ports: readonly number[]): number[][] {
  const hands: number[][] = Array.from({ length: Math.min(ports.length, MAX_PROCESSES) }, () => []);
  for (const [index, port] of ports.entries()) hands[index % MAX_PROCESSES]!.push(port);
  return hands;
}

/** The test server listens on one address, its default. */
function isServed(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost';
}
