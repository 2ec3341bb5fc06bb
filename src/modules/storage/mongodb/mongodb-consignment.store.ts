import type { AccessLogRecord } from '../../../common/contract/index.js';
import type { Consignment, ConsignmentStore } from '../../logging/log-store.js';
import { BulkWrites } from './bulk.writes.js';
import type { MongodbConnection } from './mongodb.connection.js';
import { rollupStatement } from './rollup.document.js';

/** A server that hangs is noticed within a second; one that is slow may take its time, as nobody waits. */
const DEADLINE_MS = 60_000;

/**
 * Takes consignments without transactions, which a standalone server does not have and which would be rolled back as a
 * whole for every hiccup: every document is written on its own, majority and journal, and can be written again.
 */
export class MongodbConsignmentStore implements ConsignmentStore {
  /** A server acknowledges when its journal is synced, some ten milliseconds later: meanwhile it can work. */
  readonly maxInFlight = 4;
  readonly isAtomic = false;
  private readonly writes = new BulkWrites();

  constructor(private readonly connection: MongodbConnection) {}

  async deliver(consignment: Consignment, before: Promise<void>): Promise<void> {
    await Promise.all([this.append(consignment.records), before]);
    const { source, sequence, rollups } = consignment;
    if (rollups.length === 0) return;
    const statements = rollups.map((rollup) => rollupStatement(rollup, source, sequence));
    await this.connection.call(DEADLINE_MS, () =>
      this.writes.update(this.connection.place('access_rollups'), statements),
    );
  }

  async append(records: readonly AccessLogRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.connection.call(DEADLINE_MS, () =>
      this.writes.insert(this.connection.place('access_logs'), records),
    );
  }

  /** What was acknowledged is in the journals of most servers. */
  async settle(): Promise<void> {}
}
