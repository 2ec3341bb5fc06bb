import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { ProcessDriverConfig } from '../../../../common/config/scaling-config.js';
import { isVelocityError, VelocityError } from '../../../../common/errors/index.js';
import type { Instance } from '../driver.js';
import { startCommand, startRefusal } from './command.starter.js';
import { CpuMeter } from './cpu.meter.js';
import type { HostProcesses } from './host.processes.js';
import { OutputLog } from './output.log.js';
import { acceptingHost, isFree, PortFinder } from './port.finder.js';
import { holdersOf, portsOf } from './port.holders.js';
import { endProcess } from './process.ender.js';
import type { LedgerEntry, ProcessLedger } from './process.ledger.js';
import { signalGroup } from './process.signals.js';

/** Between two looks whether the port accepts; grows from the first to the second. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 250;

export interface DriverLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What the processes of a service have in common. */
export interface Workshop {
  readonly service: string;
  readonly settings: ProcessDriverConfig;
  readonly print: string;
  readonly ledger: ProcessLedger;
  readonly ports: PortFinder;
  readonly host: HostProcesses;
  readonly log: DriverLog;
  readonly maxLogBytes: number;
  /** This balancer. */
  readonly owner: NonNullable<LedgerEntry['owner']>;
  readonly changed: () => void;
}

/** One process, from before its start to after its end. */
export class ManagedProcess {
  private readonly output: OutputLog;
  private readonly cpu = new CpuMeter();
  private readonly lostPorts = new Set<number>();
  private state: Instance['state'] = 'starting';
  private detail = '';
  private child: ChildProcess | null = null;
  private pid: number | null = null;
  private started: string | null = null;
  private port = 0;
  private url: string | null = null;
  /** Under way: the start, and what is to be done after the end. */
  private launching: Promise<void> = Promise.resolve();
  private clearing: Promise<void> = Promise.resolve();
  private stopping: Promise<void> | null = null;
  private isOutdated = false;

  private constructor(
    private readonly shop: Workshop,
    readonly id: string,
    private readonly startedAt: number,
  ) {
    this.output = new OutputLog(shop.ledger.logPath(id), shop.maxLogBytes);
  }

  static fresh(shop: Workshop): ManagedProcess {
    return new ManagedProcess(shop, randomBytes(8).toString('hex'), Date.now());
  }

  /** One that an earlier balancer has started; it has no handle of ours, and must be looked at by `check`. */
  static adopted(shop: Workshop, entry: LedgerEntry): ManagedProcess {
    const one = new ManagedProcess(shop, entry.id, entry.startedAt);
    PortFinder.keep(entry.port);
    const { from, to } = shop.settings.ports;
    one.isOutdated = entry.print !== shop.print || entry.port < from || entry.port > to;
    Object.assign(one, { pid: entry.pid, started: entry.started, port: entry.port, url: entry.url });
    one.note();
    if (entry.url === null) one.awaitPort();
    else one.state = 'running';
    return one;
  }

  get hasFailed(): boolean {
    return this.state === 'failed';
  }

  instance(): Instance {
    const { id, url, state, startedAt, detail, isOutdated } = this;
    return { id, url, state, startedAt, detail, cpu: this.cpu.share, isOutdated };
  }

  /** Resolves when it runs as a process, with or without its port. Rejects with DRIVER_REFUSED. */
  launch(file: string): Promise<void> {
    this.launching = this.tryLaunch(file);
    return this.launching;
  }

  /** Ends it and all that came of it. Resolves when they are gone. Rejects with DRIVER_UNAVAILABLE when they stay. */
  stop(): Promise<void> {
    this.stopping ??= this.end().catch((error: unknown) => {
      this.stopping = null;
      throw error;
    });
    return this.stopping;
  }

  /** Whether an adopted one is still there. */
  async check(): Promise<void> {
    const isWatched = this.state === 'starting' || this.state === 'running';
    if (!isWatched || this.child !== null || this.pid === null) return;
    if (await this.isLeader()) return;
    await this.ended('ended; another balancer had started it, so nobody knows how');
  }

  async measure(): Promise<void> {
    if (this.pid === null || this.state === 'failed') return;
    const { host } = this.shop;
    this.cpu.sample(performance.now(), await host.cpuMs(await host.family(this.pid)));
  }

  async rotate(): Promise<void> {
    await this.output
      .rotate()
      .catch((error: Error) => this.say('warn', { reason: error.message }, 'its output cannot be rotated'));
  }

  /**
   * Leaves it running for whoever adopts it.
   * @param isTaken Somebody has already.
   */
  async handOver(isTaken: boolean): Promise<void> {
    await this.launching.catch(() => undefined);
    if (this.state === 'failed' || this.pid === null) return this.clearing;
    if (this.state === 'stopping') return this.stop();
    this.child?.removeAllListeners('exit').unref();
    // Nobody looks at it from here on.
    this.state = 'stopping';
    if (!isTaken) this.note(null);
  }

  /** Whether another balancer looks after it by now. */
  async isTaken(): Promise<boolean> {
    const entry = await this.shop.ledger.read(this.id);
    if (entry === null || entry.owner === null) return false;
    return entry.owner.pid !== this.shop.owner.pid || entry.owner.started !== this.shop.owner.started;
  }

  /** At once and without a farewell: the balancer itself ends now. */
  kill(): void {
    if (this.pid !== null && this.state !== 'failed') signalGroup(this.pid, 'SIGKILL');
  }

  private async tryLaunch(file: string): Promise<void> {
    this.port = await this.shop.ports.take(this.lostPorts);
    this.detail = `port ${this.port} does not accept connections yet`;
    try {
      this.note();
      await this.spawn(file);
    } catch (error) {
      this.forget();
      throw error;
    }
    if (this.pid !== null) this.awaitPort();
  }

  private async spawn(file: string): Promise<void> {
    const { settings, host } = this.shop;
    const output = await this.output.open();
    try {
      // Not wanted any more: it was stopped, while its file was opened.
      if (this.state !== 'starting') return;
      const start = { file, port: this.port, mark: this.id, output: output.fd };
      const child = startCommand(settings, start);
      const spawned = once(child, 'spawn');
      spawned.catch(() => undefined);
      child.once('exit', (code, signal) => this.onExit(endOf(code, signal), file));
      this.child = child;
      this.pid = child.pid ?? null;
      this.started = this.pid === null ? null : host.startNow(this.pid);
      if (this.pid !== null) this.note();
      await spawned.catch((error: NodeJS.ErrnoException) => {
        throw startRefusal(settings, error);
      });
      await this.learnStart();
      this.say('info', {}, 'process started');
    } catch (error) {
      if (this.pid !== null) signalGroup(this.pid, 'SIGKILL');
      throw error;
    } finally {
      await output.close();
    }
  }

  /** Where that takes a process of its own. */
  private async learnStart(): Promise<void> {
    if (this.started !== null || this.pid === null) return;
    this.started = await this.shop.host.startOf(this.pid);
    this.note();
  }

  /** Waits until its port accepts, which makes it `running`. */
  private awaitPort(): void {
    this.lookAtPort().catch((error: Error) => {
      this.detail = `whether port ${this.port} accepts cannot be seen: ${error.message}`;
    });
  }

  private async lookAtPort(): Promise<void> {
    const { pid, port } = this;
    const isMeant = () => this.state === 'starting' && this.pid === pid;
    for (let pause = FIRST_LOOK_MS; isMeant(); pause = Math.min(pause * 1.5, LONGEST_LOOK_MS)) {
      const host = await acceptingHost(port);
      const stranger = host === null ? '' : await this.strangerAtPort();
      if (!isMeant()) return;
      if (host !== null && stranger === '') return this.accepted(host);
      this.detail = stranger === '' ? this.detail : `port ${port} is held by ${stranger}`;
      await setTimeout(pause, undefined, { ref: false });
    }
  }

  private accepted(host: string): void {
    this.state = 'running';
    this.url = `http://${host}:${this.port}`;
    this.detail = '';
    this.note();
    this.shop.changed();
  }

  /** Whoever was faster than our process. Empty: the port is its own, or whose it is cannot be known. */
  private async strangerAtPort(): Promise<string> {
    const { host } = this.shop;
    const { port, pid, started } = this;
    if (pid === null || started === null) return '';
    if ((await portsOf(await host.family(pid))).has(port)) return '';
    const holder = (await holdersOf(new Set([port]))).get(port);
    const since = holder === undefined ? null : await host.startOf(holder.pid);
    // One that came after ours may well be its child that left, or a proxy that it had made.
    if (holder === undefined || since === null || !host.isEarlier(since, started)) return '';
    return `process ${holder.pid} (${holder.command})`;
  }

  private onExit(how: string, file: string): void {
    this.ended(how, file).catch((error: Error) => {
      if (!this.isBeyond()) this.fail(`${how}; why is not known: ${error.message}`);
    });
  }

  /** It ended by itself. */
  private async ended(how: string, file?: string): Promise<void> {
    if (this.state === 'stopping' || this.state === 'failed') return;
    const wasStarting = this.state === 'starting';
    await this.launching.catch(() => undefined);
    if (wasStarting && file !== undefined && (await this.hasLostPort())) return this.again(file);
    const said = await this.output.lastLines();
    if (this.isBeyond()) return;
    this.fail(said === '' ? how : `${how}: ${said}`);
  }

  /** The state may have changed while something was waited for. */
  private isBeyond(): boolean {
    return this.state === 'stopping' || this.state === 'failed';
  }

  private fail(detail: string): void {
    this.state = 'failed';
    this.detail = detail;
    this.say('warn', { detail, output: this.output.path }, 'process failed');
    this.clearing = this.clear().catch((error: Error) =>
      this.say('warn', { reason: error.message }, 'what a failed process has left cannot be ended'),
    );
    PortFinder.leave(this.port, this.clearing);
    this.shop.changed();
  }

  /** Somebody else took the port between our look and its start, or holds it in a way that only the process noticed. */
  private async hasLostPort(): Promise<boolean> {
    // What it started may hold the port.
    await this.endAll();
    if (!(await isFree(this.port))) return true;
    const said = await this.output.tail();
    return /EADDRINUSE|address already in use/i.test(said) && new RegExp(`\\b${this.port}\\b`).test(said);
  }

  /** The same on the next port. */
  private async again(file: string): Promise<void> {
    if (this.isBeyond()) return;
    this.say('info', {}, 'its port is in use by somebody else: the next one is tried');
    this.lostPorts.add(this.port);
    this.leavePort();
    Object.assign(this, { child: null, pid: null, started: null });
    await this.launch(file).catch((error: Error) => {
      if (!this.isBeyond()) this.fail(error.message);
    });
  }

  private async end(): Promise<void> {
    if (this.state === 'failed') return this.clearing;
    this.state = 'stopping';
    this.detail = '';
    this.shop.changed();
    await this.launching.catch(() => undefined);
    const { port } = this;
    const cleared = this.clear();
    PortFinder.leave(port, Promise.allSettled([cleared]));
    await cleared;
    this.say('info', { port }, 'process stopped');
  }

  private async clear(): Promise<void> {
    if (!(await this.endAll())) {
      throw new VelocityError(
        'DRIVER_UNAVAILABLE',
        `process ${this.pid} of ${this.shop.service} does not end, not even by SIGKILL: the kernel holds it, such as in a read from a lost disk`,
      );
    }
    this.forget();
    await this.shop.ledger.tidy();
  }

  private async endAll(): Promise<boolean> {
    // Of one that we did not start: its id may belong to somebody else by now.
    const isOurGroup = this.child !== null || (await this.isLeader());
    const { stopMs } = this.shop.settings;
    return endProcess({ group: isOurGroup ? this.pid : null, mark: this.id, stopMs }, this.shop.host);
  }

  private async isLeader(): Promise<boolean> {
    const { pid, started } = this;
    return pid !== null && started !== null && (await this.shop.host.startOf(pid)) === started;
  }

  private forget(): void {
    this.shop.ledger.remove(this.id);
    this.leavePort();
  }

  /** Once: from then on it may be another one's. */
  private leavePort(): void {
    PortFinder.giveBack(this.port);
    this.port = 0;
  }

  /** Writes down what is known. Throws DRIVER_REFUSED before the start only: what runs is not ended for that. */
  private note(owner: LedgerEntry['owner'] = this.shop.owner): void {
    const { id, port, pid, started, startedAt, url } = this;
    const { service, print, settings } = this.shop;
    const { stopMs } = settings;
    try {
      this.shop.ledger.write({ id, service, print, port, pid, started, startedAt, stopMs, url, owner });
    } catch (error) {
      if (pid === null || !isVelocityError(error)) throw error;
      this.say('warn', { reason: error.message }, 'the ledger of processes cannot be written');
    }
  }

  private say(level: 'info' | 'warn', fields: object, message: string): void {
    const { pid, port, id } = this;
    this.shop.log[level]({ service: this.shop.service, process: id, pid, port, ...fields }, message);
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with exit code ${code}` : `ended by ${signal}`;
}
