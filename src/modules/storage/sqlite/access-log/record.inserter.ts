import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { AccessLogRecord } from '../../../../common/contract/index.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import type { Part, PartCatalogue } from './part.catalogue.js';
import { SLOTS, partTable } from './part.sql.js';
import { RowWriter, idBytes, slotOf, storedTime } from './record.rows.js';

/** Statements of a part, one for each set of columns that records had; beyond it all columns are written. */
const MAX_SHAPES = 64;
/** Nearly all records go to the last part, and some to the one before. */
const MAX_PARTS = 8;

/** Inserts records, each once. Within a transaction of the connection. */
export class RecordInserter {
  private readonly writer = new RowWriter();
  private readonly statements = new Map<number, Map<number, StatementSync>>();

  constructor(
    private readonly connection: SqliteConnection,
    private readonly parts: PartCatalogue,
  ) {
    connection.onChange(() => this.statements.clear());
  }

  insert(record: AccessLogRecord): void {
    const { writer } = this;
    const time = storedTime(record.time);
    const id = idBytes(record.id);
    const part = this.parts.partFor(time);
    writer.write(record);
    const statement = this.statementFor(part, writer.shape);
    const row = writer.values.slice(0, writer.length);
    row[0] = time;
    row[1] = slotOf(id);
    row[2] = id;
    while (statement.run(...row).changes === 0n) {
      if (this.isStored(part, row)) return;
      // Another record of this millisecond has the same end of its id.
      row[1] = ((row[1] as number) + 1) % SLOTS;
    }
    this.parts.added(part, time);
  }

  private isStored(part: Part, [time = 0, slot = 0, id]: SQLInputValue[]): boolean {
    const sql = `SELECT id FROM ${partTable(part.number)} WHERE seq = (? << 20) | ?`;
    const found = this.connection.statement(sql).get(time, slot);
    return Buffer.compare(found?.['id'] as Uint8Array, id as Uint8Array) === 0;
  }

  private statementFor({ number }: Part, shape: number): StatementSync {
    let statements = this.statements.get(number);
    if (statements === undefined) {
      if (this.statements.size >= MAX_PARTS) this.statements.clear();
      statements = new Map();
      this.statements.set(number, statements);
    }
    let statement = statements.get(shape);
    if (statement === undefined) {
      if (statements.size >= MAX_SHAPES) statements.clear();
      const names = this.writer.namesOf(shape);
      statement = this.connection.statement(
        `INSERT INTO ${partTable(number)} (seq, id${names.map((name) => `, "${name}"`).join('')}) ` +
          `VALUES ((? << 20) | ?, ?${', ?'.repeat(names.length)}) ON CONFLICT (seq) DO NOTHING`,
      );
      // It answers the row's `seq` too, which has more bits than a number.
      statement.setReadBigInts(true);
      statements.set(shape, statement);
    }
    return statement;
  }
}
