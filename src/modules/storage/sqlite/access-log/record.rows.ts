import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { AccessLogRecord, AttemptRecord } from '../../../../common/contract/index.js';
import { SLOTS } from './part.sql.js';
import { COLUMN_NAMES, RECORD_COLUMNS } from './record.columns.js';

const NOT_HEX = /[^0-9a-f]/;
const MAX_QUOTED = 10_000;
/** Times that fit into `seq`: until the year 2248. */
const MAX_TIME = 2 ** 43 - 1;

/** Backends as JSON strings: there are few, and each record names one. */
const quotedBackends = new Map<string, string>();

export function idBytes(id: string): Uint8Array {
  if (id.length !== 24 || NOT_HEX.test(id)) {
    throw new RangeError(`A record id is 24 hex digits, not ${JSON.stringify(id)}`);
  }
  return Buffer.from(id, 'hex');
}

/** The moment under which a record is stored: its time. */
export function storedTime(time: number): number {
  return Math.min(Math.max(Math.trunc(time), 0), MAX_TIME);
}

/** Where in its millisecond a record is stored, unless another one is there: the end of its id, which counts up. */
export function slotOf(id: Uint8Array): number {
  return (((id[9] ?? 0) << 16) | ((id[10] ?? 0) << 8) | (id[11] ?? 0)) & (SLOTS - 1);
}

interface WrittenColumn {
  readonly name: (typeof COLUMN_NAMES)[number];
  readonly isJson: boolean;
  readonly of: (record: AccessLogRecord) => unknown;
  readonly usual: unknown;
  /** 0: it is always written. */
  readonly bit: number;
}

/** What a record has in each column that is not usual, and which these are. */
export class RowWriter {
  /** Time, slot and id, then the columns of `shape`: the first `length` of them. */
  readonly values: SQLInputValue[] = Array.from({ length: 3 + COLUMN_NAMES.length }, () => null);
  length = 0;
  /** One bit for each column that is not always written, if it is. */
  shape = 0;
  private readonly columns: readonly WrittenColumn[];

  constructor() {
    let bit = 1;
    this.columns = COLUMN_NAMES.map((name) => {
      const { type, of, usual } = RECORD_COLUMNS[name];
      const column = { name, isJson: type === 'json', of, usual, bit: usual === undefined ? 0 : bit };
      if (usual !== undefined) bit *= 2;
      return column;
    });
    if (bit > 2 ** 31) throw new RangeError('More columns with a usual value than an integer has bits.');
  }

  write(record: AccessLogRecord): void {
    const { values, columns } = this;
    let shape = 0;
    let length = 3;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!;
      const value = column.of(record);
      if (value === column.usual) continue;
      if (column.name === 'requestId' && value === record.id) continue;
      shape |= column.bit;
      values[length++] = column.isJson ? jsonOf(record, value) : (value as SQLInputValue);
    }
    this.length = length;
    this.shape = shape;
  }

  namesOf(shape: number): string[] {
    return this.columns.filter(({ bit }) => bit === 0 || (shape & bit) !== 0).map(({ name }) => name);
  }
}

function jsonOf(record: AccessLogRecord, value: unknown): string | null {
  if (value === record.attempts) return attemptsJson(record.attempts);
  return value === null ? null : JSON.stringify(value);
}

/** The same as JSON.stringify, in a third of its time. */
function attemptsJson(attempts: readonly AttemptRecord[]): string {
  let json = '[';
  for (const { backend, outcome, status, connectUs, firstByteUs, totalUs } of attempts) {
    if (json.length > 1) json += ',';
    json += `{"backend":${quotedBackend(backend)},"outcome":"${outcome}","status":${status},"connectUs":${connectUs},"firstByteUs":${firstByteUs},"totalUs":${totalUs}}`;
  }
  return json + ']';
}

function quotedBackend(backend: string): string {
  let quoted = quotedBackends.get(backend);
  if (quoted === undefined) {
    if (quotedBackends.size >= MAX_QUOTED) quotedBackends.clear();
    quoted = JSON.stringify(backend);
    quotedBackends.set(backend, quoted);
  }
  return quoted;
}

/** Columns of a query for `readRow`. */
export const SELECTED = `seq >> 20 AS time, id, ${COLUMN_NAMES.map((name) => `"${name}"`).join(', ')}`;

export function readRow(row: Readonly<Record<string, SQLOutputValue>>): AccessLogRecord {
  const id = Buffer.from(row['id'] as Uint8Array).toString('hex');
  const record: Record<string, unknown> = { id, time: row['time'] };
  for (const name of COLUMN_NAMES) {
    const value = row[name] ?? null;
    record[name] =
      RECORD_COLUMNS[name].type === 'json' && value !== null ? (JSON.parse(String(value)) as unknown) : value;
  }
  record['requestId'] ??= id;
  return record as unknown as AccessLogRecord;
}
