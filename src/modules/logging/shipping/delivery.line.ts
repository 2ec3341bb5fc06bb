import type { Backoff } from '../../../common/backoff.js';
import type { VelocityLogger } from '../application-log/velocity.logger.js';
import type { Losses } from '../spool/losses.js';
import type { ComposedConsignment } from './consignment.composer.js';
import type { ConsignmentStore } from './consignment.js';
import { isAway, refusedRecords } from './refused.search.js';

/** How often a consignment may be refused before it is searched for the record at fault. */
const MAX_REFUSALS = 3;

export interface DeliveryLineOptions {
  readonly store: ConsignmentStore;
  readonly losses: Losses;
  readonly log: VelocityLogger;
  /** Pauses while the store is away. */
  readonly backoff: Backoff;
  /** In the order in which they were added. */
  readonly onStored: (composed: ComposedConsignment) => void;
  /** There may be room for another, or nothing is left. */
  readonly onChange: () => void;
}

interface Entry {
  composed: ComposedConsignment;
  isRunning: boolean;
  isStored: boolean;
  refusals: number;
  result: Promise<void>;
}

/**
 * Consignments on their way to the store, as many at a time as it takes, each until it is stored. While the store is away, the
 * oldest alone asks whether it is back.
 */
export class DeliveryLine {
  stored = 0;
  lastStoredAt = 0;
  /** Why the store takes nothing; empty: it does. */
  failure = '';
  private entries: Entry[] = [];
  private retryTimer: NodeJS.Timeout | null = null;
  private isSearching = false;
  private isStopped = false;
  /** One behind the oldest has failed: it waits for what becomes of the oldest. */
  private isBlocked = false;

  constructor(private readonly options: DeliveryLineOptions) {}

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** It was asked, takes nothing, and is asked again later. */
  get isAway(): boolean {
    return this.retryTimer !== null;
  }

  get hasRoom(): boolean {
    return this.failure === '' && this.entries.length < this.options.store.maxInFlight;
  }

  /** Records on their way. */
  get records(): number {
    return this.entries.reduce((sum, { composed }) => sum + exchangesOf(composed), 0);
  }

  /** When the oldest record on its way was written to the spool, Unix milliseconds; 0: none is. */
  oldest(): number {
    return this.entries.find(({ composed }) => composed.since > 0)?.composed.since ?? 0;
  }

  add(composed: ComposedConsignment): void {
    const result = Promise.resolve();
    this.entries.push({ composed, isRunning: false, isStored: false, refusals: 0, result });
    this.advance();
  }

  /** Asks a store that is away at once. */
  retryNow(): void {
    if (this.retryTimer === null) return;
    this.cancelRetry();
    this.advance();
  }

  /** What runs may go on, and nobody waits for it. */
  stop(): void {
    this.isStopped = true;
    this.cancelRetry();
  }

  private advance(): void {
    if (this.retryTimer !== null || this.isSearching || this.isStopped) return;
    let before = Promise.resolve();
    for (const entry of this.entries) {
      if (!entry.isRunning && !entry.isStored) {
        entry.isRunning = true;
        entry.result = this.options.store.deliver(entry.composed.consignment, before);
        void this.follow(entry);
      }
      before = entry.result;
      if (this.failure !== '' || this.isBlocked) return;
    }
  }

  /** Never rejects. */
  private async follow(entry: Entry): Promise<void> {
    try {
      await entry.result;
      entry.isRunning = false;
      entry.isStored = true;
      this.takeStored();
    } catch (error) {
      entry.isRunning = false;
      await this.failed(entry, error);
      if (entry.isStored) this.takeStored();
    }
    if (this.isStopped) return;
    this.advance();
    this.options.onChange();
  }

  private takeStored(): void {
    this.isBlocked = false;
    while (this.entries[0]?.isStored === true) {
      const { composed } = this.entries.shift()!;
      this.stored += exchangesOf(composed);
      this.lastStoredAt = Date.now();
      this.options.onStored(composed);
    }
    this.options.backoff.reset();
    if (this.failure === '') return;
    this.failure = '';
    this.options.log.info({}, 'the store takes records again');
  }

  private async failed(entry: Entry, error: unknown): Promise<void> {
    if (entry !== this.entries[0]) {
      this.isBlocked = true;
      return;
    }
    if (!isAway(error) && ++entry.refusals >= MAX_REFUSALS) return this.search(entry, error);
    this.noteFailure(error);
    this.retryLater();
  }

  /** Finds what the store refuses, and goes on without it. */
  private async search(entry: Entry, cause: unknown): Promise<void> {
    const { store, losses, log } = this.options;
    const { consignment } = entry.composed;
    this.isSearching = true;
    try {
      const encoded = consignment.encoded ?? [];
      const all = [...consignment.records, ...encoded.map((record) => record.decode())];
      const refused = await refusedRecords(store, all);
      losses.lose(refused.size, `the store refuses them: ${messageOf(cause)}`);
      const records = all.filter(({ id }) => !refused.has(id));
      // When no record is at fault, the roll-ups are; and the records are in the store by now.
      const rollups = refused.size === 0 ? [] : consignment.rollups;
      if (refused.size === 0)
        log.error(
          { sequence: consignment.sequence, why: messageOf(cause) },
          'the store refuses roll-ups: they are given up',
        );
      entry.isStored = refused.size === 0 && consignment.rollups.length === 0;
      entry.composed = { ...entry.composed, consignment: { ...consignment, records, encoded: [], rollups } };
    } catch (error) {
      this.noteFailure(error);
      this.retryLater();
    } finally {
      this.isSearching = false;
    }
  }

  private noteFailure(error: unknown): void {
    if (this.failure === '')
      this.options.log.warn({ err: error }, 'the store takes no records; they wait in the spool');
    this.failure = messageOf(error);
  }

  private retryLater(): void {
    this.retryTimer ??= setTimeout(() => {
      this.retryTimer = null;
      this.advance();
    }, this.options.backoff.next()).unref();
  }

  private cancelRetry(): void {
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.retryTimer = null;
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)) || 'it did not say why';
}

/** Recorded and counted ones. */
function exchangesOf({ consignment, counted }: ComposedConsignment): number {
  return consignment.records.length + (consignment.encoded?.length ?? 0) + counted;
}
