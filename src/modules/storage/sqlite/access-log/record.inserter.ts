import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { breathe } from '../../../../common/breath.js';
import type { EncodedRecord } from '../../../../common/contract/index.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import type { Part, PartCatalogue } from './part.catalogue.js';
import { SLOTS, partTable } from './part.sql.js';
import { COLUMN_NAMES, ID_SQL } from './record.columns.js';
import { VALUES_PER_ROW, slotOf, storedTime, writeRow } from './record.rows.js';

/** Rows of one statement: 0.6 of the time that it takes with a statement for each row. */
const ROWS = 32;
/** Nearly all records go to the last part, and some to the one before. */
const MAX_PARTS = 8;

interface Statements {
  readonly one: StatementSync;
  readonly many: StatementSync;
}

/** Inserts records, each once. Within a transaction of the connection. */
export class RecordInserter {
  private readonly statements = new Map<number, Statements>();
  private readonly values: SQLInputValue[] = Array.from({ length: ROWS * VALUES_PER_ROW }, () => null);
  private readonly waiting: EncodedRecord[] = [];
  private part: Part | null = null;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly parts: PartCatalogue,
  ) {
    connection.onChange(() => this.statements.clear());
  }

  /** From `start` to `end`. */
  insert(records: readonly EncodedRecord[], start: number, end: number): void {
    this.waiting.length = 0;
    for (let index = start; index < end; index++) {
      const record = records[index]!;
      const time = storedTime(record.time);
      const part = this.parts.partFor(time);
      if (part.number !== this.part?.number) this.flush();
      this.part = part;
      const at = this.waiting.length * VALUES_PER_ROW;
      this.values[at] = time;
      this.values[at + 1] = slotOf(record);
      writeRow(this.values, at + 2, record, this.parts.added(part, time, record));
      this.waiting.push(record);
      if (this.waiting.length === ROWS) this.flush();
    }
    this.flush();
  }

  private flush(): void {
    const { part, waiting } = this;
    if (part === null || waiting.length === 0) return;
    const { one, many } = this.statementsFor(part);
    const isFull = waiting.length === ROWS;
    // Where one was there already, which is rare, they are looked at one by one.
    if (!isFull || many.run(...this.values).changes !== BigInt(ROWS)) {
      for (const index of waiting.keys()) this.place(part, one, index);
    }
    waiting.length = 0;
    breathe();
  }

  private place(part: Part, statement: StatementSync, index: number): void {
    const row = this.values.slice(index * VALUES_PER_ROW, (index + 1) * VALUES_PER_ROW);
    while (statement.run(...row).changes === 0n) {
      if (this.isStored(part, row, this.waiting[index]!)) return;
      // Another record of this millisecond has the same end of its id.
      row[1] = ((row[1] as number) + 1) % SLOTS;
    }
  }

  private isStored({ number }: Part, [time = 0, slot = 0]: SQLInputValue[], { id }: EncodedRecord): boolean {
    const sql = `SELECT ${ID_SQL} AS id FROM ${partTable(number)} WHERE seq = (? << 20) | ?`;
    return id.equals(this.connection.statement(sql).get(time, slot)?.['id'] as Uint8Array);
  }

  private statementsFor({ number }: Part): Statements {
    let statements = this.statements.get(number);
    if (statements === undefined) {
      if (this.statements.size >= MAX_PARTS) this.statements.clear();
      statements = { one: this.prepare(number, 1), many: this.prepare(number, ROWS) };
      this.statements.set(number, statements);
    }
    return statements;
  }

  private prepare(number: number, rows: number): StatementSync {
    const row = `((? << 20) | ?${', ?'.repeat(COLUMN_NAMES.length)})`;
    const statement = this.connection.statement(
      `INSERT INTO ${partTable(number)} (seq, ${COLUMN_NAMES.join(', ')}) ` +
        `VALUES ${Array.from({ length: rows }, () => row).join(', ')} ON CONFLICT (seq) DO NOTHING`,
    );
    // It answers the row's `seq` too, which has more bits than a number.
    statement.setReadBigInts(true);
    return statement;
  }
}
