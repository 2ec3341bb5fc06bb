import type { AffinityResult } from './affinity-results.js';
import type { DecisionRecord } from './decision/decision-record.js';
import type { DropReason } from './drop-reasons.js';
import type { AlgorithmName } from './snapshot.js';

export type LaneName = 'http' | 'wire';

/** How one try against one backend ended. The order is the wire code of the codec: append only. */
export const ATTEMPT_OUTCOMES = [
  'ok',
  'connect_failed',
  'connect_timeout',
  'reset',
  'bad_response',
  'response_timeout',
  'request_timeout',
  'body_timeout',
  'truncated',
  'client_closed',
  // The balancer ended it: nothing is said about the backend.
  'shutting_down',
  'internal_error',
  // A status that the service's `retries` name: tried elsewhere.
  'bad_status',
  // Another attempt beside it answered first.
  'hedged',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export interface AttemptRecord {
  /** Backend id. */
  readonly backend: string;
  readonly outcome: AttemptOutcome;
  /** Upstream status; 0: none arrived. */
  readonly status: number;
  /** From the pick to the connection; 0 on a reused connection. */
  readonly connectUs: number;
  /** From the pick to the response head; 0: none arrived. */
  readonly firstByteUs: number;
  readonly totalUs: number;
}

/**
 * One exchange as it is stored: a forward, or a drop with its reason. Durations are microseconds.
 * Documents of the `access_logs` collection have these fields (`id` is their `_id`).
 */
export interface AccessLogRecord {
  /** 24 hex digits, fixed when the record is made: storing it twice stores it once. */
  readonly id: string;
  /** When the request head was complete, Unix milliseconds. */
  readonly time: number;
  readonly requestId: string;
  /** null before a route was found. */
  readonly service: string | null;
  /** Host header without port, lower case; empty when there was none. */
  readonly host: string;
  readonly method: string;
  /** Raw path, byte for byte, without the query. */
  readonly path: string;
  /** Query without `?`, raw but for the values of secrets (`src/common/secrets`), which are `***`; empty: none. */
  readonly query: string;
  /** `HTTP/1.1`, `HTTP/1.0`; `websocket` and other upgrades are told by status 101. */
  readonly protocol: string;
  /** What the client was answered, or would have been. */
  readonly status: number;
  readonly dropReason: DropReason | null;
  /** Why a policy in shadow would have dropped it; null: none would. */
  readonly shadowReason: DropReason | null;
  /** Service that would have dropped it, so that `service` served it instead; null: none. */
  readonly fallbackFrom: string | null;
  /** Client address after `trustedProxies`. */
  readonly client: string;
  /** Id of the backend that answered, or of the last one tried. */
  readonly backend: string | null;
  readonly attempts: readonly AttemptRecord[];
  /** Body bytes from the client. */
  readonly bytesIn: number;
  /** Body bytes to the client. */
  readonly bytesOut: number;
  readonly totalUs: number;
  readonly queueUs: number;
  /** Of the last attempt. */
  readonly connectUs: number;
  /** From the request head to the first byte of the response; 0: none arrived. */
  readonly firstByteUs: number;
  readonly affinity: AffinityResult;
  /** Group of backends that it was sent to, where the service is split; null: it is not, or no backend was picked. */
  readonly group: string | null;
  readonly algorithm: AlgorithmName | null;
  readonly userAgent: string;
  readonly referer: string;
  readonly worker: number;
  readonly lane: LaneName;
  /** Generation of the snapshot that decided. */
  readonly generation: number;
  /** Why it went the way it went; null: not kept, as nothing was remarkable. */
  readonly decision: DecisionRecord | null;
  /** Request headers that the policy asks for, by lower-case name; each value at most 256 bytes. null: there are none. */
  readonly headers: Readonly<Record<string, string>> | null;
  /** Trace that it belongs to (W3C Trace Context), 32 hex digits; null: none. */
  readonly traceId: string | null;
  /** Its span, 16 hex digits; null: none was recorded. */
  readonly spanId: string | null;
  /** The client's span, of which `spanId` is a child; null: the trace begins here, or no span was recorded. */
  readonly parentSpanId: string | null;
}

/** What of an exchange is summed up. */
export interface SummedExchange extends Pick<
  AccessLogRecord,
  | 'time'
  | 'service'
  | 'backend'
  | 'status'
  | 'dropReason'
  | 'path'
  | 'client'
  | 'bytesIn'
  | 'bytesOut'
  | 'totalUs'
> {
  readonly attempts: { readonly length: number };
}
