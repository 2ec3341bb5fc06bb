import { Backoff } from '../../../common/backoff.js';
import type { VelocityLogger } from '../application-log/velocity.logger.js';
import type { Losses } from '../spool/losses.js';
import type { Spool } from '../spool/spool.js';
import { type ComposedConsignment, ConsignmentComposer, type ExchangeSums } from './consignment.composer.js';
import type { ConsignmentStore } from './consignment.js';
import { DeliveryLine } from './delivery.line.js';
import type { OpenConsignment, PositionFile, ShippingPosition } from './shipping.position.js';
import { StretchReader } from './stretch.reader.js';
import type { WorkPacer } from './work.pacer.js';

export interface SpoolShipperOptions {
  /** Open. */
  readonly spool: Spool;
  readonly positions: PositionFile;
  /** Id of the spool. */
  readonly source: string;
  /** null: nothing was shipped yet. */
  readonly position: ShippingPosition | null;
  readonly store: ConsignmentStore;
  readonly sums: ExchangeSums;
  readonly losses: Losses;
  readonly log: VelocityLogger;
  readonly pacer: WorkPacer;
  /** Pauses while the store, or the disk for the position, is away; default 100 ms doubling to 5 s, full jitter. */
  readonly backoff?: () => Backoff;
}

/** So many waiting records make a consignment at once, unless the store has its own number; fewer wait for others, but not longer than a second. */
const FULL_RECORDS = 5_000;
const LINGER_MS = 1_000;
/** What the store is asked to make safe at a time, where that is not free. */
const SETTLE_CONSIGNMENTS = 32;
const SETTLE_MS = 5_000;

/**
 * Brings what is in a spool to the store, in consignments whose bounds are written down before the first try, and removes
 * segments when the store has made safe what was in them.
 */
export class SpoolShipper {
  private readonly reader: StretchReader;
  private readonly composer: ConsignmentComposer;
  private readonly positions: PositionFile;
  private readonly line: DeliveryLine;
  private readonly backoff: Backoff;
  private readonly fullRecords: number;
  private position: ShippingPosition;
  /** Stored, and not yet safe from a loss of power. */
  private unsettled: ComposedConsignment[] = [];
  private settledAt = performance.now();
  /** Records in the spool after the last consignment. */
  private waited = 0;
  /** Since when something waits that is not enough for a consignment; 0: nothing does. */
  private lingersSince = 0;
  private isFlushing = false;
  private isStopping = false;
  /** The disk takes no position. */
  private isUnwritable = false;
  private wakeUp: () => void = () => undefined;
  private isAwake = false;
  private ended: Promise<void> | null = null;
  private readonly drained = new Set<() => void>();

  constructor(private readonly options: SpoolShipperOptions) {
    const { spool, losses, source, sums, positions, store, log } = options;
    const makeBackoff = options.backoff ?? (() => new Backoff({ baseMs: 100, maxMs: 5_000 }));
    this.fullRecords = store.consignmentRecords ?? FULL_RECORDS;
    this.reader = new StretchReader(spool, losses, this.fullRecords);
    const areEncoded = store.takesEncoded ?? false;
    this.composer = new ConsignmentComposer({ source, reader: this.reader, losses, sums, areEncoded });
    this.positions = positions;
    this.backoff = makeBackoff();
    this.position = options.position ?? { sequence: 0, segment: 0, offset: 0, open: [] };
    spool.forget(this.position.segment);
    this.reader.startAt(this.position.segment, this.position.offset);
    this.line = new DeliveryLine({
      store,
      losses,
      log,
      backoff: makeBackoff(),
      onStored: (composed) => this.unsettled.push(composed),
      onChange: () => this.wake(),
    });
  }

  /** Records stored since the start. */
  get stored(): number {
    return this.line.stored;
  }

  /** Records that were taken out of the spool and are not stored yet. */
  get inHand(): number {
    return this.line.records;
  }

  /** Unix milliseconds; 0: never. */
  get lastStoredAt(): number {
    return this.line.lastStoredAt;
  }

  /** Why the store takes nothing; empty: it does. */
  get failure(): string {
    return this.line.failure;
  }

  /** Nothing is left, and the store has made safe what there was. */
  get isDone(): boolean {
    return this.isIdle() && this.unsettled.length === 0 && this.position.open.length === 0;
  }

  /** When the oldest record that is not stored was written to the spool, Unix milliseconds; 0: all are stored. */
  oldest(): number {
    return this.line.oldest() || this.reader.oldest();
  }

  start(): void {
    this.options.spool.onAppend(() => this.wake());
    this.ended ??= this.run();
  }

  /** Sends at once what waits. Resolves when nothing is left, at the deadline, or, where it is away, when the store has not taken it. */
  async flush(deadlineMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadlineMs);
    this.drained.add(resolve);
    this.isFlushing = true;
    this.line.retryNow();
    this.wake();
    await promise;
    this.drained.delete(resolve);
    this.isFlushing = this.drained.size > 0;
    clearTimeout(timer);
  }

  /** Ends after what is being done. What is not stored stays in the spool. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.line.stop();
    this.wake();
    await this.ended;
    this.reader.close();
  }

  private wake(): void {
    this.isAwake = true;
    this.wakeUp();
  }

  private async run(): Promise<void> {
    await this.resume();
    while (!this.isStopping) {
      if (this.isSettleDue()) await this.settle();
      if (this.line.hasRoom && this.isDue()) {
        await this.composeNext();
        const isBehind = this.isFallingBehind();
        this.waited = this.options.spool.shippable;
        await this.options.pacer.rest(this.isFlushing || isBehind);
      } else {
        if (this.isFlushing) await this.endFlush();
        await this.sleep();
      }
    }
    if (this.unsettled.length > 0) await this.settle();
  }

  /** What an earlier process has begun comes first, as it was. */
  private async resume(): Promise<void> {
    for (const known of this.position.open) {
      while (!this.line.hasRoom && !this.isStopping) {
        if (this.line.isAway) this.tellDrained();
        await this.sleep();
      }
      if (this.isStopping) return;
      const rollups = known.hasRollups ? this.positions.rollups(known.sequence) : null;
      this.line.add(await this.composer.recompose(known, rollups));
    }
  }

  private async composeNext(): Promise<void> {
    this.lingersSince = 0;
    const composed = await this.composer.compose(this.position.sequence + 1);
    if (composed === null) return;
    await this.options.spool.sync();
    const { consignment, stretch } = composed;
    const { sequence, rollups } = consignment;
    const hasRollups = !this.options.store.isAtomic;
    const known: OpenConsignment = { ...stretch, sequence, hasRollups };
    if (hasRollups && !(await this.write(() => this.positions.keepRollups(sequence, rollups)))) return;
    this.position = { ...this.position, sequence, open: [...this.position.open, known] };
    if (await this.save()) this.line.add(composed);
  }

  private save(): Promise<boolean> {
    return this.write(() => this.positions.save(this.position));
  }

  /** Tries until the disk takes it. false: it is to end before. */
  private async write(action: () => Promise<void>): Promise<boolean> {
    for (;;) {
      try {
        await action();
        this.backoff.reset();
        this.isUnwritable = false;
        return true;
      } catch (error) {
        if (!this.isUnwritable)
          this.options.log.warn(
            { err: error },
            'the position of the spool cannot be written: nothing is shipped until it can',
          );
        this.isUnwritable = true;
        const until = performance.now() + this.backoff.next();
        while (!this.isStopping && performance.now() < until) await this.sleep(until - performance.now());
        if (this.isStopping) return false;
      }
    }
  }

  /** Whether what is left is worth a consignment now. */
  private isDue(): boolean {
    const records = this.options.spool.shippable;
    if (records === 0 && !this.hasDamageLeft()) return false;
    if (this.isFlushing || records >= this.fullRecords) return true;
    const now = performance.now();
    if (this.lingersSince === 0) this.lingersSince = now;
    return now - this.lingersSince >= LINGER_MS;
  }

  /** More comes than goes: what waits has grown since the last consignment, and is more than one takes. */
  private isFallingBehind(): boolean {
    return this.options.spool.shippable > Math.max(this.waited, this.fullRecords);
  }

  private hasDamageLeft(): boolean {
    return this.reader.oldest() !== 0;
  }

  private isIdle(): boolean {
    return this.line.isEmpty && this.options.spool.shippable === 0;
  }

  /** When nothing is left to be sent, or the store, which was just asked, takes nothing. */
  private async endFlush(): Promise<void> {
    if (!this.isIdle() && !this.line.isAway) return;
    if (this.unsettled.length > 0) await this.settle();
    this.tellDrained();
  }

  private tellDrained(): void {
    for (const resolve of this.drained) resolve();
  }

  private isSettleDue(): boolean {
    const { length } = this.unsettled;
    if (length === 0) return false;
    const isLate = performance.now() - this.settledAt >= SETTLE_MS;
    return !this.options.store.isAtomic || length >= SETTLE_CONSIGNMENTS || isLate;
  }

  /** Forgets what the store keeps for good. While it is away, later. */
  private async settle(): Promise<void> {
    this.settledAt = performance.now();
    const settled = this.unsettled;
    try {
      await this.options.store.settle();
    } catch (error) {
      this.options.log.debug({ err: error }, 'the store could not settle');
      return;
    }
    this.unsettled = this.unsettled.slice(settled.length);
    const { stretch, consignment } = settled.at(-1)!;
    const open = this.position.open.filter(({ sequence }) => sequence > consignment.sequence);
    const closed = this.position.open.slice(0, this.position.open.length - open.length);
    this.position = { ...this.position, segment: stretch.segment, offset: stretch.to, open };
    if (!(await this.save())) return;
    this.options.spool.forget(stretch.segment);
    for (const { sequence, hasRollups } of closed) {
      if (hasRollups) await this.positions.forgetRollups(sequence).catch(() => undefined);
    }
  }

  /** Until something happens, or it is time to look. */
  private async sleep(ms = this.nextLookMs()): Promise<void> {
    if (!this.isAwake) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.wakeUp = resolve;
      const timer = setTimeout(resolve, ms).unref();
      await promise;
      clearTimeout(timer);
    }
    this.isAwake = false;
  }

  private nextLookMs(): number {
    const linger = this.lingersSince === 0 ? SETTLE_MS : this.lingersSince + LINGER_MS - performance.now();
    return Math.max(1, Math.min(linger, SETTLE_MS));
  }
}
