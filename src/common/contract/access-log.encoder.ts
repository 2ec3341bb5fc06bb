import {
  ACCESS_LOG_LAYOUT,
  AFFINITY_SHIFT,
  ALGORITHM_CODES,
  MAX_ATTEMPTS,
  MAX_HEADERS,
  MAX_RECORD_BYTES,
  METHOD_CODES,
  PROTOCOL_CODES,
  RecordFlag,
  TEXT_LIMITS,
  TraceFlag,
} from './access-log.codec.js';
import { AFFINITY_RESULTS } from './affinity-results.js';
import { ATTEMPT_OUTCOMES, type AccessLogRecord, type AttemptRecord } from './access-log.js';
import { ByteWriter } from './byte.writer.js';
import { writeDecision } from './decision/decision.encoder.js';
import { type DropReason, DROP_REASONS } from './drop-reasons.js';

/**
 * Gathers records into one batch. Hot path: one buffer for the encoder's whole life, nothing allocated per record;
 * only {@link take} makes a buffer, of the batch's exact size.
 */
export class AccessLogEncoder {
  private readonly writer: ByteWriter;
  private count = 0;

  /** @param capacityBytes The batch is full as soon as it has reached this size; the last record may go beyond it. */
  constructor(private readonly capacityBytes: number) {
    this.writer = new ByteWriter(capacityBytes + MAX_RECORD_BYTES);
    this.begin();
  }

  /** Records in the batch so far. */
  get records(): number {
    return this.count;
  }

  /** Size of the batch so far. */
  get bytes(): number {
    return this.writer.offset;
  }

  /**
   * Adds a record. false: the batch is full, {@link take} it first. Throws RangeError for an id that is not hex of its length.
   *
   * @param isRecorded false: the exchange is only counted. Texts that no sum needs should be empty then.
   */
  append(record: AccessLogRecord, isRecorded = true): boolean {
    const writer = this.writer;
    const start = writer.offset;
    if (start >= this.capacityBytes) return false;
    writer.offset += ACCESS_LOG_LAYOUT.lengthBytes;
    if (!writeRecord(writer, record, isRecorded)) {
      writer.offset = start;
      throw new RangeError(
        `Record "${record.id}" cannot be encoded: record ids are 24 and backend ids 16 lower-case hex digits.`,
      );
    }
    writer.u32At(start, writer.offset - start - ACCESS_LOG_LAYOUT.lengthBytes);
    this.count++;
    return true;
  }

  /** The batch, transferable; the encoder starts the next one. */
  take(): ArrayBuffer {
    const batch = this.writer.bytes.buffer.slice(0, this.writer.offset);
    this.begin();
    return batch;
  }

  private begin(): void {
    this.writer.offset = 0;
    this.count = 0;
    this.writer.u16(ACCESS_LOG_LAYOUT.magic);
    this.writer.u8(ACCESS_LOG_LAYOUT.version);
  }
}

/** Each writer answers false when an id is not what it must be. */
function writeRecord(writer: ByteWriter, record: AccessLogRecord, isRecorded: boolean): boolean {
  if (!writer.hex(record.id, 24)) return false;
  const flags = flagsOf(record) | (isRecorded ? 0 : RecordFlag.onlyCounted);
  writer.u48(record.time > 0 ? record.time : 0);
  writer.u8(flags);
  writer.u8(codeOf(record.dropReason));
  writer.u8(record.algorithm === null ? 0 : ALGORITHM_CODES.indexOf(record.algorithm) + 1);
  writer.u16(record.status);
  writeTexts(writer, record, flags);
  if (record.backend !== null && (flags & RecordFlag.lastBackend) === 0 && !writer.hex(record.backend, 16))
    return false;
  writer.varint(record.bytesIn);
  writer.varint(record.bytesOut);
  writer.varint(record.totalUs);
  writer.varint(record.queueUs);
  writer.varint(record.connectUs);
  writer.varint(record.firstByteUs);
  writer.varint(record.worker);
  writer.varint(record.generation);
  if (!writeAttempts(writer, record.attempts)) return false;
  writer.u8(codeOf(record.shadowReason));
  writer.text(record.group ?? '', TEXT_LIMITS.group);
  writer.text(record.fallbackFrom ?? '', TEXT_LIMITS.fallbackFrom);
  if (!writeDecision(writer, record.decision)) return false;
  writeHeaders(writer, record.headers);
  return writeTrace(writer, record);
}

function writeTrace(writer: ByteWriter, { traceId, spanId, parentSpanId }: AccessLogRecord): boolean {
  if (traceId === null) {
    writer.u8(0);
    return true;
  }
  let flags: number = TraceFlag.trace;
  if (spanId !== null) flags |= TraceFlag.span;
  if (parentSpanId !== null) flags |= TraceFlag.parent;
  writer.u8(flags);
  return (
    writer.hex(traceId, 32) &&
    (spanId === null || writer.hex(spanId, 16)) &&
    (parentSpanId === null || writer.hex(parentSpanId, 16))
  );
}

function codeOf(reason: DropReason | null): number {
  return reason === null ? 0 : DROP_REASONS[reason].code + 1;
}

function flagsOf(record: AccessLogRecord): number {
  let flags = AFFINITY_RESULTS.indexOf(record.affinity) << AFFINITY_SHIFT;
  if (record.lane === 'wire') flags |= RecordFlag.wireLane;
  if (record.requestId === record.id) flags |= RecordFlag.ownRequestId;
  if (record.service !== null) flags |= RecordFlag.hasService;
  if (record.backend !== null) {
    flags |= RecordFlag.hasBackend;
    const count = record.attempts.length;
    if (count > 0 && count <= MAX_ATTEMPTS && record.attempts[count - 1]?.backend === record.backend) {
      flags |= RecordFlag.lastBackend;
    }
  }
  return flags;
}

function writeTexts(writer: ByteWriter, record: AccessLogRecord, flags: number): void {
  writeCoded(writer, record.method, METHOD_CODES, TEXT_LIMITS.method);
  writeCoded(writer, record.protocol, PROTOCOL_CODES, TEXT_LIMITS.protocol);
  if (record.service !== null) writer.text(record.service, TEXT_LIMITS.service);
  writer.text(record.host, TEXT_LIMITS.host);
  writer.text(record.path, TEXT_LIMITS.path);
  writer.text(record.query, TEXT_LIMITS.query);
  writer.text(record.client, TEXT_LIMITS.client);
  if ((flags & RecordFlag.ownRequestId) === 0) writer.text(record.requestId, TEXT_LIMITS.requestId);
  writer.text(record.userAgent, TEXT_LIMITS.userAgent);
  writer.text(record.referer, TEXT_LIMITS.referer);
}

function writeCoded(writer: ByteWriter, value: string, codes: readonly string[], limit: number): void {
  const index = codes.indexOf(value);
  writer.u8(index + 1);
  if (index < 0) writer.text(value, limit);
}

function writeHeaders(writer: ByteWriter, headers: AccessLogRecord['headers']): void {
  const start = writer.offset;
  writer.u8(0);
  if (headers === null) return;
  let count = 0;
  for (const name in headers) {
    if (count === MAX_HEADERS) break;
    writer.text(name, TEXT_LIMITS.headerName);
    writer.text(headers[name]!, TEXT_LIMITS.headerValue);
    count++;
  }
  writer.bytes[start] = count;
}

function writeAttempts(writer: ByteWriter, attempts: readonly AttemptRecord[]): boolean {
  const count = Math.min(attempts.length, MAX_ATTEMPTS);
  writer.u8(count);
  for (let at = 0; at < count; at++) {
    const attempt = attempts[at] as AttemptRecord;
    if (!writer.hex(attempt.backend, 16)) return false;
    writer.u8(ATTEMPT_OUTCOMES.indexOf(attempt.outcome));
    writer.u16(attempt.status);
    writer.varint(attempt.connectUs);
    writer.varint(attempt.firstByteUs);
    writer.varint(attempt.totalUs);
  }
  return true;
}
