import type { Attributes } from '@opentelemetry/api';
import type { AccessLogRecord, AttemptRecord } from '../../common/contract/index.js';

/** Where a backend is. */
export interface BackendAddress {
  /** Origin, without a path. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** Methods that may be named (semantic conventions, `http.request.method`). */
const METHODS = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
]);

/** Of a span: its method, or `HTTP` for what nobody knows. */
export function spanName({ method }: AccessLogRecord): string {
  return METHODS.has(method) ? method : 'HTTP';
}

/** Of the span of an exchange, by the semantic conventions for HTTP servers. */
export function exchangeAttributes(record: AccessLogRecord): Attributes {
  return {
    ...methodOf(record),
    'url.scheme': 'http',
    'url.path': record.path,
    'url.query': record.query || undefined,
    'server.address': record.host || undefined,
    'client.address': record.client || undefined,
    'user_agent.original': record.userAgent || undefined,
    'network.protocol.version': record.protocol.slice(5),
    'http.response.status_code': record.status,
    'error.type': record.dropReason ?? (record.status >= 500 ? String(record.status) : undefined),
    'velocity.request_id': record.requestId,
    'velocity.service': record.service ?? undefined,
    'velocity.drop_reason': record.dropReason ?? undefined,
    'velocity.shadow_reason': record.shadowReason ?? undefined,
    'velocity.queue_seconds': record.queueUs > 0 ? record.queueUs / 1_000_000 : undefined,
    'velocity.lane': record.lane,
  };
}

/**
 * Of the span of an attempt, by the semantic conventions for HTTP clients.
 *
 * @param resends How many attempts came before.
 * @param address null: the backend is gone.
 */
export function attemptAttributes(
  record: AccessLogRecord,
  attempt: AttemptRecord,
  resends: number,
  address: BackendAddress | null,
): Attributes {
  return {
    ...methodOf(record),
    'url.full': address === null ? undefined : address.url + record.path,
    'server.address': address?.host,
    'server.port': address?.port,
    'http.response.status_code': attempt.status || undefined,
    'http.request.resend_count': resends || undefined,
    'error.type': errorOf(attempt),
    'velocity.backend': attempt.backend,
    'velocity.outcome': attempt.outcome,
  };
}

/** Why an attempt counts as failed; undefined: it does not. That another was faster is no error. */
export function errorOf({ outcome, status }: AttemptRecord): string | undefined {
  if (outcome !== 'ok' && outcome !== 'hedged') return outcome;
  return status >= 400 ? String(status) : undefined;
}

function methodOf({ method }: AccessLogRecord): Attributes {
  return METHODS.has(method)
    ? { 'http.request.method': method }
    : { 'http.request.method': '_OTHER', 'http.request.method_original': method };
}
