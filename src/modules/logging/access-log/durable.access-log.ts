import { setTimeout as pause } from 'node:timers/promises';
import { Backoff } from '../../../common/backoff.js';
import { type AccessLogRecord, decodeAccessLog } from '../../../common/contract/index.js';
import type { VelocityLogger } from '../application-log/velocity.logger.js';
import type { ExchangeSums } from '../shipping/consignment.composer.js';
import type { ConsignmentStore } from '../shipping/consignment.js';
import { PositionFile, type ShippingPosition } from '../shipping/shipping.position.js';
import { SpoolShipper } from '../shipping/spool.shipper.js';
import { WorkPacer } from '../shipping/work.pacer.js';
import { Losses } from '../spool/losses.js';
import { Reserve } from '../spool/reserve.js';
import { Spool } from '../spool/spool.js';
import { type HeldFolder, SpoolRoot } from '../spool/spool.root.js';
import type { DurableAccessLogStatus } from './access-log.status.js';
import type { OutputStats } from './outputs/line.output.js';
import type { RecordSink } from './record.sink.js';

/** Is handed the records of each batch when it arrives, whatever the store does. */
export interface RecordOutputs {
  /** There is none: records need not be decoded. */
  readonly isEmpty: boolean;
  /** Must return soon and never throw. */
  write(records: readonly AccessLogRecord[]): void;
  stats(): readonly OutputStats[];
  close(): Promise<void>;
}

export interface SpoolSettings {
  /** Folder of all spools of this machine. */
  readonly path: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  /** Records that wait in memory while the disk takes none. */
  readonly maxBuffered: number;
  /** What the records are for, such as a database's name: spools of another store are left alone. */
  readonly store: string;
}

export interface DurableAccessLogOptions {
  readonly spool: SpoolSettings;
  readonly store: ConsignmentStore;
  /** For each spool its own. */
  readonly sums: () => ExchangeSums;
  /** Closed with the log. */
  readonly outputs: RecordOutputs;
  readonly log: VelocityLogger;
  /** Share of the time that shipping may take of its thread while a backlog waits, 0 to 1. Default 0.25. */
  readonly share?: number;
  /** How often to look for spools of processes that have ended, milliseconds. Default 10 s. */
  readonly orphanIntervalMs?: number;
}

/** Of a core, for a backlog that nobody waits for: traffic beside it keeps its latency. */
const SHARE = 0.25;
const ORPHAN_INTERVAL_MS = 10_000;
/** How often to see whether an orphan is shipped. */
const ORPHAN_LOOK_MS = 200;

/** The access log from the workers' batches to the store: a spool, what ships it, and what ended processes have left. */
export class DurableAccessLog implements RecordSink {
  private readonly losses: Losses;
  private readonly spool: Spool;
  private readonly root: SpoolRoot;
  private readonly pacer: WorkPacer;
  private readonly backoff = new Backoff({ baseMs: 100, maxMs: 5_000 });
  private folder: HeldFolder | null = null;
  private shipper: SpoolShipper | null = null;
  private orphan: { readonly spool: Spool; readonly shipper: SpoolShipper } | null = null;
  private orphansStored = 0;
  private orphansDone: Promise<void> = Promise.resolve();
  private openTimer: NodeJS.Timeout | null = null;
  private orphanTimer: NodeJS.Timeout | null = null;
  private received = 0;
  private recovered = 0;
  private corruptFrames = 0;
  private openError = '';
  private isClosing = false;
  private readonly closing = Promise.withResolvers<void>();

  constructor(private readonly options: DurableAccessLogOptions) {
    const { spool, log } = options;
    this.losses = new Losses(log);
    this.root = new SpoolRoot(spool.path, spool.store);
    this.pacer = new WorkPacer(options.share ?? SHARE);
    this.spool = new Spool({ ...spool, log, losses: this.losses });
  }

  /** Opens the spool; until that succeeds, batches wait in memory. */
  start(): void {
    this.openTimer = null;
    try {
      this.openSpool();
    } catch (error) {
      if (this.openError === '')
        this.options.log.error(
          { err: error, path: this.options.spool.path },
          'the spool cannot be opened; records wait in memory',
        );
      this.openError = messageOf(error);
      this.openTimer = setTimeout(() => this.start(), this.backoff.next()).unref();
    }
  }

  accept(batch: ArrayBuffer, records: number): void {
    this.received += records;
    const { outputs } = this.options;
    if (!outputs.isEmpty) outputs.write(decodeAccessLog(batch).records);
    this.spool.append({ bytes: batch, records });
  }

  /** Records in memory alone: they would be lost with this thread. */
  get inMemory(): number {
    return this.spool.waitingRecords;
  }

  status(): DurableAccessLogStatus {
    const { received, recovered, losses, spool, shipper, orphan } = this;
    const stored = this.orphansStored + (shipper?.stored ?? 0) + (orphan?.shipper.stored ?? 0);
    const oldest = Math.min(...[shipper?.oldest(), orphan?.shipper.oldest()].map((time) => time || Infinity));
    return {
      received,
      recovered,
      stored,
      buffered: Math.max(0, received + recovered - stored - losses.total),
      lost: losses.total,
      corruptFrames: this.corruptFrames + spool.corruptFrames + (orphan?.spool.corruptFrames ?? 0),
      spooledBytes: spool.bytes + (orphan?.spool.bytes ?? 0),
      segments: spool.segments.length + (orphan?.spool.segments.length ?? 0),
      // A clock that was set back does not make records younger than now.
      lagMs: oldest === Infinity ? 0 : Math.max(0, Date.now() - oldest),
      lastError: this.openError || spool.diskError || shipper?.failure || losses.lastReason,
      lastStoredAt: Math.max(shipper?.lastStoredAt ?? 0, orphan?.shipper.lastStoredAt ?? 0),
      outputs: this.options.outputs.stats(),
    };
  }

  /** Resolves when what has arrived is stored, or the store does not take it, or at the deadline; with how many are not stored. */
  async flush(deadlineMs: number): Promise<number> {
    await this.shipper?.flush(deadlineMs);
    return this.status().buffered;
  }

  /** {@link flush}, then ends. What is not stored stays in the spool, for the next start; resolves with how many that are. */
  async close(deadlineMs: number): Promise<number> {
    this.isClosing = true;
    this.closing.resolve();
    if (this.openTimer !== null) clearTimeout(this.openTimer);
    if (this.orphanTimer !== null) clearTimeout(this.orphanTimer);
    await Promise.all([this.flush(deadlineMs), this.options.outputs.close()]);
    await this.shipper?.stop();
    await this.orphansDone;
    await this.spool.close();
    if (this.shipper?.isDone === true) this.spool.forget(Infinity);
    if (this.folder !== null) this.root.release(this.folder);
    return this.status().buffered;
  }

  private openSpool(): void {
    this.folder ??= this.root.claim();
    const { folder, shipper } = this.shipperOf(this.folder, this.spool);
    this.folder = folder;
    this.shipper = shipper;
    if (this.openError !== '') this.options.log.info({}, 'the spool is open');
    this.openError = '';
    this.shipper.start();
    this.adoptOrphans();
  }

  /** Opens the spool and makes its shipper, which is not started. */
  private shipperOf(
    held: HeldFolder,
    spool: Spool,
  ): { readonly folder: HeldFolder; readonly shipper: SpoolShipper } {
    const { folder, positions, position } = this.positionOf(held);
    const waiting = spool.records;
    spool.open(folder.path, positions.reserve, position?.segment ?? 0);
    const { store, sums, log } = this.options;
    const { losses, pacer } = this;
    const place = { positions, source: folder.id, position };
    const shipper = new SpoolShipper({ ...place, spool, store, sums: sums(), losses, log, pacer });
    this.recovered += spool.records - waiting;
    return { folder, shipper };
  }

  /** Consignments of a spool whose position is lost cannot be told from those before: it gets another id. */
  private positionOf(held: HeldFolder): {
    readonly folder: HeldFolder;
    readonly positions: PositionFile;
    readonly position: ShippingPosition | null;
  } {
    const positions = positionsIn(held);
    try {
      return { folder: held, positions, position: positions.load() };
    } catch (error) {
      const folder = this.root.rename(held);
      const anew = positionsIn(folder);
      anew.remove();
      this.options.log.error(
        { err: error, path: folder.path },
        'the position of the spool cannot be read: all that is in it is shipped again, sums of some of it may count twice',
      );
      return { folder, positions: anew, position: null };
    }
  }

  /** Ships what ended processes have left, one after the other, and looks again later. */
  private adoptOrphans(): void {
    this.orphansDone = this.shipOrphans();
  }

  private async shipOrphans(): Promise<void> {
    for (const held of this.orphans()) {
      try {
        if (!this.isClosing) await this.shipOrphan(held);
      } catch (error) {
        this.options.log.warn(
          { err: error, path: held.path },
          'the spool of an ended process cannot be shipped',
        );
      }
      this.root.release(held);
    }
    if (this.isClosing) return;
    const interval = this.options.orphanIntervalMs ?? ORPHAN_INTERVAL_MS;
    this.orphanTimer = setTimeout(() => this.adoptOrphans(), interval).unref();
  }

  private orphans(): HeldFolder[] {
    try {
      return this.root.claimOrphans();
    } catch (error) {
      this.options.log.debug({ err: error }, 'no spools of ended processes can be looked for');
      return [];
    }
  }

  private async shipOrphan(held: HeldFolder): Promise<void> {
    const { log, spool: settings } = this.options;
    const spool = new Spool({ ...settings, log, losses: this.losses });
    const { folder, shipper } = this.shipperOf(held, spool);
    log.info({ path: folder.path, records: spool.records }, 'ships the spool of a process that has ended');
    this.orphan = { spool, shipper };
    shipper.start();
    while (!this.isClosing && !shipper.isDone) {
      await Promise.race([pause(ORPHAN_LOOK_MS), this.closing.promise]);
      // A store that is away is asked in its own time.
      if (shipper.failure === '') await shipper.flush(ORPHAN_LOOK_MS);
    }
    await shipper.stop();
    this.orphan = null;
    this.orphansStored += shipper.stored;
    this.corruptFrames += spool.corruptFrames;
    await this.leaveOrphan(folder, spool, shipper.isDone);
  }

  private async leaveOrphan(folder: HeldFolder, spool: Spool, isDone: boolean): Promise<void> {
    await spool.close();
    if (isDone) spool.forget(Infinity);
    if (isDone) this.root.remove(folder, positionsIn(folder).files());
  }
}

function positionsIn({ path }: HeldFolder): PositionFile {
  return new PositionFile(path, new Reserve(path));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
