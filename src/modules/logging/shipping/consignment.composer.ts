import { setImmediate as nextTurn } from 'node:timers/promises';
import { breathe } from '../../../common/breath.js';
import {
  type AccessLogRecord,
  type BatchContent,
  type EncodedRecord,
  type SummedExchange,
  decodeAccessLog,
  readEncodedRecords,
} from '../../../common/contract/index.js';
import type { Rollup } from '../analytics/rollup.js';
import type { Losses } from '../spool/losses.js';
import type { Consignment } from './consignment.js';
import type { OpenConsignment, Stretch } from './shipping.position.js';
import type { ReadBatch, StretchReader } from './stretch.reader.js';

/** A tenth of a millisecond. */
const BREATH_RECORDS = 32;

/** Sums up exchanges: those of one consignment at a time. */
export interface ExchangeSums {
  add(exchange: SummedExchange): void;
  /** All that was added, by roll-up; it is empty afterwards. */
  take(): Rollup[];
}

/** A consignment with where it came from. */
export interface ComposedConsignment {
  readonly consignment: Consignment;
  readonly stretch: Stretch;
  /** Exchanges in its sums that are not among its records. */
  readonly counted: number;
  /** When its oldest record was written to the spool, Unix milliseconds. */
  readonly since: number;
}

export interface ComposerOptions {
  readonly source: string;
  readonly reader: StretchReader;
  readonly losses: Losses;
  readonly sums: ExchangeSums;
  /** Whether the store takes records as they stand in the spool. */
  readonly areEncoded: boolean;
}

/** Makes consignments of what stands in a spool, a batch at a turn of the event loop: each takes a millisecond or two. */
export class ConsignmentComposer {
  constructor(private readonly options: ComposerOptions) {}

  /** Of the next stretch; null: nothing is left. */
  async compose(sequence: number): Promise<ComposedConsignment | null> {
    const content = new Content(this.options);
    const batches = this.options.reader.next();
    let next = batches.next();
    for (; next.done !== true; next = batches.next()) {
      content.add(next.value);
      await nextTurn();
    }
    return next.value === null ? null : content.consignment(sequence, next.value, null);
  }

  /** The same as an earlier process has made it. `rollups`: those that were kept; null: none were. */
  async recompose(known: OpenConsignment, rollups: readonly Rollup[] | null): Promise<ComposedConsignment> {
    const content = new Content(this.options);
    for (const batch of this.options.reader.again(known)) {
      content.add(batch);
      await nextTurn();
    }
    const { segment, from, to } = known;
    return content.consignment(known.sequence, { segment, from, to }, rollups);
  }
}

class Content {
  private readonly records: AccessLogRecord[] = [];
  private readonly encoded: EncodedRecord[] = [];
  private since = 0;
  private counted = 0;

  constructor(private readonly options: ComposerOptions) {}

  add(batch: ReadBatch): void {
    if (this.since === 0) this.since = batch.time;
    if (this.options.areEncoded) this.count(batch, readEncodedRecords(batch.bytes), this.encoded);
    else this.count(batch, decodeAccessLog(batch.bytes), this.records);
  }

  private count<T extends SummedExchange>(batch: ReadBatch, content: BatchContent<T>, into: T[]): void {
    const { sums, losses } = this.options;
    const { records, counted, error } = content;
    for (const [index, record] of records.entries()) {
      into.push(record);
      sums.add(record);
      if (index % BREATH_RECORDS === 0) breathe();
    }
    for (const record of counted) sums.add(record);
    this.counted += counted.length;
    losses.lose(
      batch.records - records.length - counted.length,
      error?.message ?? 'a batch holds too few records',
    );
  }

  consignment(sequence: number, stretch: Stretch, rollups: readonly Rollup[] | null): ComposedConsignment {
    const { source, sums } = this.options;
    const { records, encoded, counted, since } = this;
    const summedUp = sums.take();
    const consignment = { source, sequence, records, encoded, rollups: rollups ?? summedUp };
    return { consignment, stretch, counted, since };
  }
}
