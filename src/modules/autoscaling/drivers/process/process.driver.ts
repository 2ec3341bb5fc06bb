import { VelocityError } from '../../../../common/errors/index.js';
import type { ProcessDriverConfig } from '../../../../common/config/scaling-config.js';
import type { CloseOptions, Driver, Instance } from '../driver.js';
import { findCommand, printOf } from './command.starter.js';
import { heldProcesses } from './held.processes.js';
import { type DriverLog, ManagedProcess, type Workshop } from './managed.process.js';
import { PortFinder } from './port.finder.js';
import { type LedgerEntry, ProcessLedger } from './process.ledger.js';
import { endLeftOver, isLiving, isLookedAfter, ownerHere } from './process.orphans.js';
import { RecurringWork } from './recurring.work.js';
import { hostProcesses } from './this.host.js';

/** Looks at processes that only a look tells about. */
const CHECK_MS = 250;
/** Looks for processes that another balancer has handed over. */
const ADOPT_MS = 500;
const ROTATE_MS = 1_000;
const MEASURE_MS = 2_000;
const DEFAULT_LOG_BYTES = 5 * 1024 * 1024;

export interface ProcessDriverParts {
  readonly service: string;
  readonly settings: ProcessDriverConfig;
  /** State folder; one of a machine, never on a network disk. Several services, and balancers that follow each other, share it. */
  readonly folder: string;
  readonly log: DriverLog;
  /** Of the output of each process so much is kept, twice. Default 5 MiB. */
  readonly maxLogBytes?: number;
}

/**
 * Copies of a service as processes of this machine. They survive the balancer when it is killed; the next driver of the
 * service adopts them, outdated when its settings are others. An instance is `running` when its port accepts.
 */
export class ProcessDriver implements Driver {
  private readonly processes = new Map<string, ManagedProcess>();
  private readonly watchers = new Set<() => void>();
  private readonly ledger: ProcessLedger;
  private readonly ports: PortFinder;
  private work: readonly RecurringWork[] = [];
  private opening: Promise<Workshop> | null = null;
  private isClosed = false;

  constructor(private readonly parts: ProcessDriverParts) {
    this.ledger = new ProcessLedger(parts.folder, parts.service);
    this.ports = new PortFinder(parts.settings.ports);
  }

  /** The oldest first. */
  async list(): Promise<readonly Instance[]> {
    await this.open();
    const all = [...this.processes.values()].map((one) => one.instance());
    return all.sort((one, other) => one.startedAt - other.startedAt);
  }

  /** Starts as many as it can, and rejects when that was not all. */
  async start(count: number): Promise<void> {
    const shop = await this.open();
    // Somebody may have removed the folder.
    this.ledger.open();
    const file = await findCommand(this.parts.settings);
    const started = await Promise.allSettled(Array.from({ length: count }, () => this.launch(shop, file)));
    const refused = started.find((one) => one.status === 'rejected');
    this.dropFailed(started.filter((one) => one.status === 'fulfilled').length);
    if (refused !== undefined) throw refused.reason;
  }

  async stop(ids: readonly string[]): Promise<void> {
    await this.open();
    await Promise.all(ids.map((id) => this.end(id)));
  }

  /** Of everything but `cpu`, which changes all the time. */
  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  }

  /** Stops all processes, but those that another balancer has adopted. */
  async close({ handOver = false }: CloseOptions = {}): Promise<void> {
    this.isClosed = true;
    await this.opening?.catch(() => undefined);
    for (const one of this.work) one.stop();
    this.watchers.clear();
    await Promise.all([...this.processes.values()].map((one) => this.letGo(one, handOver)));
  }

  /** Kills all at once, for a balancer that has no time left: with what they wrote beside their group, the next start ends them. */
  kill(): void {
    for (const one of this.processes.values()) one.kill();
  }

  private open(): Promise<Workshop> {
    this.opening ??= this.prepare().catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  private async prepare(): Promise<Workshop> {
    const { service, settings, log, maxLogBytes = DEFAULT_LOG_BYTES } = this.parts;
    const { ledger, ports } = this;
    ledger.open();
    const host = hostProcesses();
    const owner = await ownerHere(host);
    const changed = () => this.tell();
    const common = { service, settings, print: printOf(settings), ledger, ports, host, owner };
    const shop = { ...common, log, maxLogBytes, changed };
    await this.adoptAll(shop);
    await ledger.tidy();
    if (!this.isClosed) this.work = this.recurring(shop);
    return shop;
  }

  private recurring(shop: Workshop): RecurringWork[] {
    const { log, service } = shop;
    const repeat = (everyMs: number, work: () => Promise<void>) =>
      new RecurringWork(everyMs, () =>
        work().catch((error: Error) =>
          log.warn({ service, reason: error.message }, 'looking after processes failed'),
        ),
      );
    const each = async (work: (one: ManagedProcess) => Promise<void>) => {
      await Promise.all([...this.processes.values()].map(work));
    };
    return [
      repeat(CHECK_MS, () => each((one) => one.check())),
      repeat(ADOPT_MS, () => this.adoptAll(shop)),
      repeat(ROTATE_MS, () => each((one) => one.rotate())),
      repeat(MEASURE_MS, () => each((one) => one.measure())),
    ];
  }

  private async launch(shop: Workshop, file: string): Promise<void> {
    if (this.isClosed) throw new VelocityError('DRIVER_UNAVAILABLE', 'the process driver is closed');
    const one = ManagedProcess.fresh(shop);
    this.add(one);
    try {
      await one.launch(file);
    } catch (error) {
      this.drop(one.id);
      throw error;
    }
  }

  /** Entries of the ledger that nobody looks after. */
  private async adoptAll(shop: Workshop): Promise<void> {
    for (const id of await this.ledger.ids()) {
      if (heldProcesses.has(id)) continue;
      const entry = await this.ledger.read(id);
      if (entry !== null && (await isLookedAfter(entry, shop.host))) continue;
      if (heldProcesses.has(id) || this.isClosed) continue;
      heldProcesses.add(id);
      if (entry !== null && (await isLiving(entry, shop.host))) this.adopt(entry, shop);
      else void this.endLeft(id, entry, shop).catch((error: Error) => this.complain(error));
    }
  }

  private adopt(entry: LedgerEntry, shop: Workshop): void {
    const one = ManagedProcess.adopted(shop, entry);
    this.add(one);
    const { pid, port } = entry;
    const { isOutdated } = one.instance();
    shop.log.info({ service: shop.service, process: entry.id, pid, port, isOutdated }, 'process adopted');
  }

  /** Its leader is gone, or was never known: what carries its mark goes, too. */
  private async endLeft(id: string, entry: LedgerEntry | null, { host }: Workshop): Promise<void> {
    try {
      const isGone = await endLeftOver(this.ledger, { id, entry, host });
      if (!isGone) this.complain(new Error(`what process ${id} has left does not end`));
    } finally {
      heldProcesses.delete(id);
    }
  }

  private complain(error: Error): void {
    this.parts.log.warn({ service: this.parts.service, reason: error.message }, 'a process cannot be ended');
  }

  private async end(id: string): Promise<void> {
    await this.processes.get(id)?.stop();
    this.drop(id);
  }

  private async letGo(one: ManagedProcess, handOver: boolean): Promise<void> {
    const isTaken = await one.isTaken();
    if (handOver || isTaken) await one.handOver(isTaken);
    else await one.stop();
    this.drop(one.id);
  }

  /** Started anew: as many as were started are not shown any more. The oldest first. */
  private dropFailed(count: number): void {
    const failed = [...this.processes.values()].filter((one) => one.hasFailed);
    for (const one of failed.slice(0, count)) {
      void one.stop().then(() => heldProcesses.delete(one.id));
      this.processes.delete(one.id);
    }
    if (count > 0) this.tell();
  }

  private add(one: ManagedProcess): void {
    heldProcesses.add(one.id);
    this.processes.set(one.id, one);
    this.tell();
  }

  private drop(id: string): void {
    heldProcesses.delete(id);
    if (this.processes.delete(id)) this.tell();
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
  }
}
