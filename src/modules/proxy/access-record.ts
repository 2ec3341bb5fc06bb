import {
  type AccessLogRecord,
  type AttemptOutcome,
  type AttemptRecord,
} from '../../common/contract/index.js';
import { redactedQuery, redactedUrl } from '../../common/secrets/index.js';
import type { Exchange } from './exchange.js';

/** The access-log record of an exchange that ends at `nowMs`. Secrets of URLs stay here: where it goes, it is kept. */
export function accessRecordOf(exchange: Exchange, worker: number, nowMs: number): AccessLogRecord {
  const { head, service } = exchange;
  const last = exchange.attempts.at(-1);
  return {
    id: exchange.id,
    time: exchange.time,
    requestId: exchange.requestId,
    service: service === null ? null : service.snapshot.name,
    host: exchange.host,
    method: head.method,
    path: exchange.path,
    query: redactedQuery(exchange.query),
    protocol: head.protocol,
    status: exchange.status,
    dropReason: exchange.dropReason,
    shadowReason: exchange.shadowReason,
    fallbackFrom: exchange.fallbackFrom,
    client: exchange.client,
    backend: exchange.backend === null ? null : exchange.backend.snapshot.id,
    attempts: exchange.attempts,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    totalUs: microseconds(exchange.startedMs, nowMs),
    queueUs: Math.round(exchange.queuedMs * 1000),
    connectUs: last === undefined ? 0 : last.connectUs,
    firstByteUs: microseconds(exchange.startedMs, exchange.firstByteMs),
    affinity: exchange.affinity,
    algorithm: service === null ? null : service.snapshot.algorithm.name,
    userAgent: head.header('user-agent') ?? '',
    referer: redactedUrl(head.header('referer') ?? ''),
    worker,
    lane: exchange.session.lane,
    generation: exchange.generation,
    group: exchange.group === '' ? null : exchange.group,
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
