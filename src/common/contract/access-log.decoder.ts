import {
  ACCESS_LOG_LAYOUT,
  AFFINITY_SHIFT,
  ALGORITHM_CODES,
  METHOD_CODES,
  PROTOCOL_CODES,
  RecordFlag,
  TraceFlag,
} from './access-log.codec.js';
import { AFFINITY_RESULTS } from './affinity-results.js';
import { ATTEMPT_OUTCOMES, type AccessLogRecord, type AttemptRecord } from './access-log.js';
import { ByteReader, ByteReadError } from './byte.reader.js';
import { readDecision } from './decision/decision.decoder.js';
import { dropReasonOf } from './drop-reasons.js';

/**
 * Why a batch, or a part of it, cannot be read.
 * - `foreign`: not a batch of access-log records.
 * - `version`: of a layout that this build does not know; nothing was read.
 * - `torn`: it ends within a record; the records before are whole.
 * - `corrupt`: at least one record makes no sense and was passed over; the others are whole.
 */
export type AccessLogFault = 'foreign' | 'version' | 'torn' | 'corrupt';

export class AccessLogDecodeError extends Error {
  override readonly name = 'AccessLogDecodeError';

  constructor(
    readonly fault: AccessLogFault,
    detail: string,
  ) {
    super(`Access-log batch is ${fault === 'version' ? 'of an unknown version' : fault}: ${detail}.`);
  }
}

/** What stands in a batch: whole records, or what is read of each. */
export interface BatchContent<T> {
  /** Every record that is whole and to be stored, in the order in which they were appended. */
  readonly records: T[];
  /** The exchanges that are counted and not stored, in their order. Host, query, user agent and referer are empty. */
  readonly counted: T[];
  /** The first fault that was found; null: the batch is sound. */
  readonly error: AccessLogDecodeError | null;
}

export type DecodedAccessLog = BatchContent<AccessLogRecord>;

/**
 * Reads a batch of `AccessLogEncoder`. Never throws, whatever the bytes; takes time and memory in proportion to them.
 * It has no checksum: flipped bits within a text are not noticed here.
 */
export function decodeAccessLog(batch: ArrayBuffer): DecodedAccessLog {
  return readBatch(Buffer.from(batch), readRecord);
}

/** One record alone, without its length. Throws ByteReadError for what this build cannot read. */
export function decodeRecord(bytes: Uint8Array): AccessLogRecord {
  return readRecord(new ByteReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
}

/** The same with any way of reading one record, from the reader's offset to its end. It throws ByteReadError. */
export function readBatch<T>(batch: Buffer, read: (reader: ByteReader) => T): BatchContent<T> {
  const reader = new ByteReader(batch);
  const records: T[] = [];
  const counted: T[] = [];
  let error = readHeader(reader, batch.length);
  if (error !== null) return { records, counted, error };
  while (reader.offset < batch.length) {
    const end = readLength(reader, batch.length);
    if (end < 0) {
      error ??= new AccessLogDecodeError(
        'torn',
        `it ends within record ${records.length + counted.length + 1}`,
      );
      break;
    }
    reader.end = end;
    try {
      const isCounted = (batch[reader.offset + FLAGS_OFFSET]! & RecordFlag.onlyCounted) !== 0;
      (isCounted ? counted : records).push(read(reader));
    } catch (cause) {
      if (!(cause instanceof ByteReadError)) throw cause;
      error ??= new AccessLogDecodeError('corrupt', cause.message);
    }
    reader.offset = end;
    reader.end = batch.length;
  }
  return { records, counted, error };
}

/** Records of a batch that are counted and not stored, found without decoding it; of a torn batch those that are whole. */
export function countedRecordsOf(batch: ArrayBuffer): number {
  const bytes = Buffer.from(batch);
  let [count, offset] = [0, ACCESS_LOG_LAYOUT.headerBytes as number];
  while (offset + ACCESS_LOG_LAYOUT.lengthBytes + FLAGS_OFFSET < bytes.length) {
    const start = offset + ACCESS_LOG_LAYOUT.lengthBytes;
    offset = start + bytes.readUInt32LE(offset);
    if (offset <= bytes.length && (bytes[start + FLAGS_OFFSET]! & RecordFlag.onlyCounted) !== 0) count++;
  }
  return count;
}

/** Behind id and time. */
const FLAGS_OFFSET = 18;

function readHeader(reader: ByteReader, length: number): AccessLogDecodeError | null {
  if (length < ACCESS_LOG_LAYOUT.headerBytes) return new AccessLogDecodeError('torn', 'it has no header');
  if (reader.u16() !== ACCESS_LOG_LAYOUT.magic)
    return new AccessLogDecodeError('foreign', 'it does not start with "VA"');
  const version = reader.u8();
  if (version === ACCESS_LOG_LAYOUT.version) return null;
  return new AccessLogDecodeError('version', `${version}, known is ${ACCESS_LOG_LAYOUT.version}`);
}

/** Where the next record ends, or -1 when the batch ends before. */
function readLength(reader: ByteReader, length: number): number {
  if (length - reader.offset < ACCESS_LOG_LAYOUT.lengthBytes) return -1;
  const end = reader.u32() + reader.offset;
  return end > length ? -1 : end;
}

/** Fields are read in the order of the layout; the literal's order is the layout's order where it can be. */
function readRecord(reader: ByteReader): AccessLogRecord {
  const id = reader.hex(12);
  const time = reader.u48();
  const flags = reader.u8();
  const dropReason = readDropReason(reader.u8());
  const algorithm = readNullable(ALGORITHM_CODES, reader.u8(), 'algorithm');
  const status = reader.u16();
  const method = readCoded(reader, METHOD_CODES);
  const protocol = readCoded(reader, PROTOCOL_CODES);
  const service = flags & RecordFlag.hasService ? reader.text() : null;
  const [host, path, query, client] = [reader.text(), reader.text(), reader.text(), reader.text()];
  const requestId = flags & RecordFlag.ownRequestId ? id : reader.text();
  const [userAgent, referer] = [reader.text(), reader.text()];
  const ownBackend = hasOwnBackend(flags) ? reader.hex(8) : null;
  const numbers = readNumbers(reader);
  const attempts = readAttempts(reader);
  return {
    id,
    time,
    requestId,
    service,
    host,
    method,
    path,
    query,
    protocol,
    status,
    dropReason,
    ...readLaterFields(reader),
    client,
    backend: flags & RecordFlag.lastBackend ? lastBackend(attempts) : ownBackend,
    attempts,
    bytesIn: numbers.bytesIn,
    bytesOut: numbers.bytesOut,
    totalUs: numbers.totalUs,
    queueUs: numbers.queueUs,
    connectUs: numbers.connectUs,
    firstByteUs: numbers.firstByteUs,
    affinity: known(AFFINITY_RESULTS, (flags >>> AFFINITY_SHIFT) & 3, 'affinity'),
    algorithm,
    userAgent,
    referer,
    worker: numbers.worker,
    lane: flags & RecordFlag.wireLane ? 'wire' : 'http',
    generation: numbers.generation,
  };
}

function hasOwnBackend(flags: number): boolean {
  return (flags & RecordFlag.hasBackend) !== 0 && (flags & RecordFlag.lastBackend) === 0;
}

/** An object literal is evaluated in the order it is written in. */
function readNumbers(reader: ByteReader) {
  return {
    bytesIn: reader.varint(),
    bytesOut: reader.varint(),
    totalUs: reader.varint(),
    queueUs: reader.varint(),
    connectUs: reader.varint(),
    firstByteUs: reader.varint(),
    worker: reader.varint(),
    generation: reader.varint(),
  };
}

function readAttempts(reader: ByteReader): AttemptRecord[] {
  const count = reader.u8();
  const attempts: AttemptRecord[] = [];
  for (let at = 0; at < count; at++) {
    attempts.push({
      backend: reader.hex(8),
      outcome: known(ATTEMPT_OUTCOMES, reader.u8(), 'outcome'),
      status: reader.u16(),
      connectUs: reader.varint(),
      firstByteUs: reader.varint(),
      totalUs: reader.varint(),
    });
  }
  return attempts;
}

function lastBackend(attempts: readonly AttemptRecord[]): string {
  const last = attempts.at(-1);
  if (last === undefined) throw new ByteReadError('backend of the last attempt without an attempt');
  return last.backend;
}

function readDropReason(code: number): AccessLogRecord['dropReason'] {
  if (code === 0) return null;
  const reason = dropReasonOf(code - 1);
  if (reason === undefined) throw new ByteReadError(`unknown drop reason ${code - 1}`);
  return reason;
}

type LaterFields = Pick<
  AccessLogRecord,
  'shadowReason' | 'group' | 'fallbackFrom' | 'decision' | 'headers' | 'traceId' | 'spanId' | 'parentSpanId'
>;

/** What was added by and by, in this order: older records end before. */
function readLaterFields(reader: ByteReader): LaterFields {
  const shadowReason = reader.offset < reader.end ? readDropReason(reader.u8()) : null;
  const group = reader.offset < reader.end ? reader.text() || null : null;
  const fallbackFrom = reader.offset < reader.end ? reader.text() || null : null;
  const decision = reader.offset < reader.end ? readDecision(reader) : null;
  const headers = reader.offset < reader.end ? readHeaders(reader) : null;
  const flags = reader.offset < reader.end ? reader.u8() : 0;
  return {
    shadowReason,
    group,
    fallbackFrom,
    decision,
    headers,
    traceId: flags & TraceFlag.trace ? reader.hex(16) : null,
    spanId: flags & TraceFlag.span ? reader.hex(8) : null,
    parentSpanId: flags & TraceFlag.parent ? reader.hex(8) : null,
  };
}

/** `fromEntries` makes own properties of all names, `__proto__` included. */
function readHeaders(reader: ByteReader): AccessLogRecord['headers'] {
  const count = reader.u8();
  if (count === 0) return null;
  const pairs: [string, string][] = [];
  for (let at = 0; at < count; at++) pairs.push([reader.text(), reader.text()]);
  return Object.fromEntries(pairs);
}

function readCoded(reader: ByteReader, codes: readonly string[]): string {
  const code = reader.u8();
  return code === 0 ? reader.text() : known(codes, code - 1, 'method or protocol');
}

function readNullable<T>(table: readonly T[], code: number, noun: string): T | null {
  return code === 0 ? null : known(table, code - 1, noun);
}

function known<T>(table: readonly T[], index: number, noun: string): T {
  const value = table[index];
  if (value === undefined) throw new ByteReadError(`unknown ${noun} ${index}`);
  return value;
}
