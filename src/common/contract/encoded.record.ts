import { METHOD_CODES, PROTOCOL_CODES, RecordFlag } from './access-log.codec.js';
import { type BatchContent, decodeRecord, readBatch } from './access-log.decoder.js';
import { AccessLogEncoder } from './access-log.encoder.js';
import { ATTEMPT_OUTCOMES, type AccessLogRecord, type SummedExchange } from './access-log.js';
import { type ByteReader, ByteReadError } from './byte.reader.js';
import { type DropReason, dropReasonOf } from './drop-reasons.js';
import { RecurringTexts } from './recurring.texts.js';

/** Made at the first use: most threads only write records. */
let texts: RecurringTexts | null = null;
const EMPTY = Buffer.alloc(0);
/** Numbers of attempts, as lists of which only the length is of interest. */
const COUNTS = Array.from({ length: 256 }, (_, length) => ({ length }));

/** Bytes of an id. */
const ID_BYTES = 12;

/**
 * A record as it stands in a batch, with what it is summed up and searched by read already: a third of the time that
 * decoding takes. It holds on to the memory of its batch.
 */
export class EncodedRecord implements SummedExchange {
  time = 0;
  service: string | null = null;
  backend: string | null = null;
  status = 0;
  dropReason: DropReason | null = null;
  method = '';
  path = '';
  client = '';
  /** null: it is the record's id. */
  requestId: string | null = null;
  attempts: { readonly length: number } = COUNTS[0]!;
  bytesIn = 0;
  bytesOut = 0;
  totalUs = 0;
  /** Without its length; the first twelve are the id. */
  bytes: Buffer = EMPTY;

  get id(): Buffer {
    return this.bytes.subarray(0, ID_BYTES);
  }

  /** Throws ByteReadError for what this build cannot read. */
  decode(): AccessLogRecord {
    return decodeRecord(this.bytes);
  }
}

/** The same as `decodeAccessLog`; what only decoding finds wrong with the end of a record is not found. */
export function readEncodedRecords(batch: ArrayBuffer): BatchContent<EncodedRecord> {
  texts ??= new RecurringTexts();
  return readBatch(Buffer.from(batch), readEncoded);
}

/** Throws RangeError for a record whose ids are not hex of their length. */
export function encodeRecords(records: readonly AccessLogRecord[]): EncodedRecord[] {
  const encoder = new AccessLogEncoder(BATCH_BYTES);
  const encoded: EncodedRecord[] = [];
  const take = () => {
    for (const record of readEncodedRecords(encoder.take()).records) encoded.push(record);
  };
  for (const record of records) {
    while (!encoder.append(record)) take();
  }
  take();
  return encoded;
}

const BATCH_BYTES = 256 * 1024;

function readEncoded(reader: ByteReader): EncodedRecord {
  const { bytes } = reader;
  const record = new EncodedRecord();
  record.bytes = bytes.subarray(reader.offset, reader.end);
  reader.offset += ID_BYTES;
  record.time = reader.u48();
  const flags = reader.u8();
  record.dropReason = reasonOf(reader.u8());
  // The algorithm.
  reader.offset++;
  record.status = reader.u16();
  record.method = coded(reader, METHOD_CODES);
  coded(reader, PROTOCOL_CODES);
  if (flags & RecordFlag.hasService) record.service = text(reader);
  // The host.
  skipText(reader);
  record.path = text(reader);
  // The query.
  skipText(reader);
  record.client = text(reader);
  if ((flags & RecordFlag.ownRequestId) === 0) record.requestId = text(reader);
  // User agent and referer.
  skipText(reader);
  skipText(reader);
  if ((flags & RecordFlag.hasBackend) !== 0 && (flags & RecordFlag.lastBackend) === 0) {
    record.backend = backend(reader);
  }
  readNumbers(reader, record);
  readAttempts(reader, record, (flags & RecordFlag.lastBackend) !== 0);
  return record;
}

function readNumbers(reader: ByteReader, record: EncodedRecord): void {
  record.bytesIn = reader.varint();
  record.bytesOut = reader.varint();
  record.totalUs = reader.varint();
  // Queue, connect, first byte, worker and generation.
  for (let count = 0; count < 5; count++) reader.varint();
}

function readAttempts(reader: ByteReader, record: EncodedRecord, isBackend: boolean): void {
  const count = reader.u8();
  record.attempts = COUNTS[count]!;
  if (isBackend && count === 0) throw new ByteReadError('backend of the last attempt without an attempt');
  for (let at = 1; at <= count; at++) {
    if (isBackend && at === count) record.backend = backend(reader);
    else reader.offset += 8;
    if (reader.u8() >= ATTEMPT_OUTCOMES.length) throw new ByteReadError('unknown outcome');
    reader.offset += 2;
    for (let number = 0; number < 3; number++) reader.varint();
  }
}

function text(reader: ByteReader): string {
  const length = reader.varint();
  const start = reader.offset;
  skip(reader, length);
  return length === 0 ? '' : texts!.text(reader.bytes, start, reader.offset);
}

function skipText(reader: ByteReader): void {
  skip(reader, reader.varint());
}

function backend(reader: ByteReader): string {
  const start = reader.offset;
  skip(reader, 8);
  return texts!.id(reader.bytes, start);
}

function skip(reader: ByteReader, bytes: number): void {
  const offset = reader.offset + bytes;
  if (offset > reader.end) throw new ByteReadError(`${bytes} bytes expected at byte ${reader.offset}`);
  reader.offset = offset;
}

function coded(reader: ByteReader, codes: readonly string[]): string {
  const code = reader.u8();
  if (code === 0) return text(reader);
  const value = codes[code - 1];
  if (value === undefined) throw new ByteReadError(`unknown method or protocol ${code - 1}`);
  return value;
}

function reasonOf(code: number): DropReason | null {
  if (code === 0) return null;
  const reason = dropReasonOf(code - 1);
  if (reason === undefined) throw new ByteReadError(`unknown drop reason ${code - 1}`);
  return reason;
}
