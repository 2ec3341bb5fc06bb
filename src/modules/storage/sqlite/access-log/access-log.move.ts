import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AccessLogRecord } from '../../../../common/contract/index.js';
import { RollupAccumulator } from '../../../logging/log-store.js';
import { EARLIER_ACCESS_LOG_TABLE, type EarlierAccessLogRecord } from '../log-columns.js';
import { LogRowCodec } from '../log-table.js';
import { MOVING_TABLE } from '../schema.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import type { SqliteAccessLogStore } from './sqlite-access-log.store.js';

/** Rows of one step: some 10 ms in each of the two files. */
const CHUNK = 1_000;
/** Under which the rows of the registry's file are delivered; their sequence is the number of the last row. */
const SOURCE = 'registry-file';

/**
 * Moves the access log of an older Velocity from the registry's file to the one of its own, with roll-ups, the oldest first
 * and each record once, also over a crash. Until it has ended the records that are not moved are not found.
 */
export class AccessLogMove {
  private readonly codec = new LogRowCodec<EarlierAccessLogRecord>(EARLIER_ACCESS_LOG_TABLE);
  private readonly rollups = new RollupAccumulator();
  private isStopped = false;

  constructor(
    private readonly registry: SqliteConnection,
    private readonly store: SqliteAccessLogStore,
  ) {}

  /** Ends when all is moved, or after the step that runs when it is stopped. Rejects with STORE_UNAVAILABLE. */
  async run(): Promise<void> {
    if (!(await this.registry.call(() => this.isThere()))) return;
    if ((await this.store.sequenceOf(SOURCE)) === 0) await this.store.beginPart(Date.now());
    while (!this.isStopped && (await this.step())) await nextTurn();
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Answers whether there is more. */
  private async step(): Promise<boolean> {
    const moved = await this.store.sequenceOf(SOURCE);
    const rows = await this.registry.call(() =>
      this.registry
        .statement(`SELECT * FROM ${MOVING_TABLE} WHERE seq > ? ORDER BY seq LIMIT ${CHUNK}`)
        .all(moved),
    );
    const sequence = Number(rows.at(-1)?.['seq'] ?? moved);
    const records = rows.map((row) => withLaterFields(this.codec.fromRow(row)));
    for (const record of records) this.rollups.add(record);
    const consignment = { source: SOURCE, sequence, records, rollups: this.rollups.take() };
    if (records.length > 0) await this.store.deliver(consignment);
    await this.store.settle();
    const isDone = records.length < CHUNK;
    await this.registry.transaction(() => {
      if (isDone) this.registry.exec(`DROP TABLE ${MOVING_TABLE}`);
      else this.registry.run(`DELETE FROM ${MOVING_TABLE} WHERE seq <= ?`, sequence);
    });
    return !isDone;
  }

  private isThere(): boolean {
    const sql = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?`;
    return this.registry.statement(sql).get(MOVING_TABLE) !== undefined;
  }
}

/** Fields that records had not when they were written are null in them. */
function withLaterFields(record: EarlierAccessLogRecord): AccessLogRecord {
  const later = {
    shadowReason: null,
    group: null,
    fallbackFrom: null,
    decision: null,
    headers: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
  };
  return { ...later, ...record };
}
