import {
  type AccessLogRecord,
  type AttemptOutcome,
  type AttemptRecord,
} from '../../common/contract/index.js';
import type { Exchange } from './exchange.js';
import type { RecordForm } from './record/record.form.js';

/** The access-log record of an exchange that took `totalUs`. What its form conceals stays here: where it goes, it is kept. */
export function accessRecordOf(
  exchange: Exchange,
  totalUs: number,
  form: RecordForm,
  worker: number,
): AccessLogRecord {
  const { head, service } = exchange;
  const last = exchange.attempts.at(-1);
  return {
    id: exchange.id,
    time: exchange.time,
    requestId: form.requestId(exchange),
    service: service === null ? null : service.snapshot.name,
    host: form.host(exchange),
    method: head.method,
    path: exchange.path,
    query: form.query(exchange),
    protocol: head.protocol,
    status: exchange.status,
    dropReason: exchange.dropReason,
    shadowReason: exchange.shadowReason,
    fallbackFrom: exchange.fallbackFrom,
    client: form.client(exchange),
    backend: exchange.backend === null ? null : exchange.backend.snapshot.id,
    attempts: exchange.attempts,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    totalUs,
    queueUs: Math.round(exchange.queuedMs * 1000),
    connectUs: last === undefined ? 0 : last.connectUs,
    firstByteUs: microseconds(exchange.startedMs, exchange.firstByteMs),
    affinity: exchange.affinity,
    algorithm: service === null ? null : service.snapshot.algorithm.name,
    userAgent: form.userAgent(head),
    referer: form.referer(head),
    worker,
    lane: exchange.session.lane,
    generation: exchange.generation,
    group: exchange.group === '' ? null : exchange.group,
    decision: exchange.decision,
    headers: form.headers(head),
    traceId: exchange.traceId === '' ? null : exchange.traceId,
    spanId: exchange.recordsSpans ? exchange.spanId : null,
    parentSpanId: exchange.parentSpanId === '' ? null : exchange.parentSpanId,
  };
}

/** The record of an attempt that ends at `nowMs`. */
export function attemptRecordOf(exchange: Exchange, outcome: AttemptOutcome, nowMs: number): AttemptRecord {
  const { attemptStartedMs } = exchange;
  return {
    backend: exchange.backend!.snapshot.id,
    outcome,
    status: exchange.status,
    connectUs: microseconds(attemptStartedMs, exchange.connectedMs),
    firstByteUs: microseconds(attemptStartedMs, exchange.firstByteMs),
    totalUs: microseconds(attemptStartedMs, nowMs),
  };
}

/** Between two monotonic milliseconds; 0 when the second moment never came. */
export function microseconds(fromMs: number, toMs: number): number {
  return toMs === 0 ? 0 : Math.max(0, Math.round((toMs - fromMs) * 1000));
}
