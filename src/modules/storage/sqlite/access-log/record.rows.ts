import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { type AccessLogRecord, type EncodedRecord, decodeRecord } from '../../../../common/contract/index.js';
import { SLOTS } from './part.sql.js';

const NOT_HEX = /[^0-9a-f]/;
/** Times that fit into `seq`: until the year 2248. */
const MAX_TIME = 2 ** 43 - 1;

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
export function slotOf({ bytes }: EncodedRecord): number {
  return ((bytes[9]! << 16) | (bytes[10]! << 8) | bytes[11]!) & (SLOTS - 1);
}

/** Time, slot, and all columns in their order. */
export const VALUES_PER_ROW = 16;

/** Behind time and slot. */
export function writeRow(values: SQLInputValue[], start: number, record: EncodedRecord, marks: number): void {
  values[start] = record.status;
  values[start + 1] = record.dropReason;
  values[start + 2] = record.method === 'GET' ? null : record.method;
  values[start + 3] = marks;
  values[start + 4] = record.service;
  values[start + 5] = record.backend;
  values[start + 6] = record.client;
  values[start + 7] = record.path;
  values[start + 8] = record.attempts.length;
  values[start + 9] = record.bytesIn;
  values[start + 10] = record.bytesOut;
  values[start + 11] = record.totalUs;
  values[start + 12] = record.requestId;
  values[start + 13] = record.bytes;
}

/** Columns of a query for `readRow`. */
export const SELECTED = 'seq >> 20 AS time, record';

export function readRow(row: Readonly<Record<string, SQLOutputValue>>): AccessLogRecord {
  return decodeRecord(row['record'] as Uint8Array);
}
