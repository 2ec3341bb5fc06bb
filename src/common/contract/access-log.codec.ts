import { MAX_DECISION_BYTES } from './decision/decision.codec.js';
import { ALGORITHM_NAMES } from './snapshot.js';

/**
 * The binary form of access-log records: what workers hand to the control plane, and what can be laid on disk as it is.
 *
 * Batch: magic `VA` (2 bytes), layout version (1 byte), then records. Record: length of what follows (u32), then
 *
 * | field | form |
 * |---|---|
 * | id | 12 bytes |
 * | time | u48, Unix milliseconds |
 * | flags | u8, see {@link RecordFlag} |
 * | drop reason, algorithm | u8 each: 0 for none, else code or index + 1 |
 * | status | u16 |
 * | method, protocol | u8 each: index + 1 into the tables below, or 0 and a text |
 * | service, host, path, query, client, request id, user agent, referer | text; service and request id only when flagged |
 * | backend | 8 bytes, only when flagged |
 * | bytes in, bytes out, total, queue, connect, first byte, worker, generation | varint each |
 * | attempts | count (u8), then backend (8 bytes), outcome (u8), status (u16), connect, first byte, total (varints) each |
 * | shadow reason | u8: 0 for none, else code + 1 |
 * | group | text; empty for none |
 * | fallback from | text, empty for none |
 * | decision | see `decision/decision.codec.ts` |
 * | headers | count (u8), then name and value (texts) each |
 * | trace | u8 of {@link TraceFlag}, then trace id (16 bytes), span id and the client's (8 bytes each), each only when flagged |
 *
 * Numbers are little-endian. A varint has 7 bits per byte, lowest first. A text is its length in bytes (varint) and UTF-8:
 * Node gives header bytes as the characters U+0000 to U+00FF, and those come back as the same characters; only a lone
 * surrogate, which no header can contain, becomes U+FFFD.
 *
 * An exchange that is not recorded has a record all the same, by which it is counted: flagged, and without host, query,
 * request id, user agent, referer and headers, which no sum needs.
 *
 * New fields are appended to the record without a new version: an older reader skips them by the record's length.
 * A reader that does not know the layout version takes nothing from the batch.
 */
export const ACCESS_LOG_LAYOUT = { magic: 0x4156, version: 1, headerBytes: 3, lengthBytes: 4 } as const;

/** Bits 4 and 5 are the index into `AFFINITY_RESULTS`. */
export const RecordFlag = {
  wireLane: 1,
  /** The request id is the record id: not written twice. */
  ownRequestId: 2,
  hasService: 4,
  hasBackend: 8,
  /** The backend is that of the last attempt: not written twice. */
  lastBackend: 64,
  /** The exchange is counted and not recorded: its record is not to be stored. */
  onlyCounted: 128,
} as const;
/** What of a trace a record has. */
export const TraceFlag = { trace: 1, span: 2, parent: 4 } as const;
export const AFFINITY_SHIFT = 4;

/** Longest texts in bytes of UTF-8; what is longer is cut after the last whole character that fits. */
export const TEXT_LIMITS = {
  requestId: 128,
  service: 256,
  fallbackFrom: 256,
  host: 256,
  method: 32,
  // Twice 8 KiB, less what two bytes of length cannot say: any byte above 127 takes two.
  path: 16_383,
  query: 16_383,
  protocol: 16,
  client: 64,
  userAgent: 1024,
  referer: 2048,
  group: 63,
  headerName: 128,
  headerValue: 256,
} as const;

/** Headers beyond this are not recorded. */
export const MAX_HEADERS = 16;

/** Attempts beyond this are not recorded. */
export const MAX_ATTEMPTS = 255;

/** No encoded record is longer: all texts with their lengths, all attempts, and the fixed fields. */
export const MAX_RECORD_BYTES =
  Object.values(TEXT_LIMITS).reduce((sum, limit) => sum + limit + 2, 0) +
  MAX_ATTEMPTS * (8 + 1 + 2 + 3 * 8) +
  MAX_DECISION_BYTES +
  MAX_HEADERS * (TEXT_LIMITS.headerName + TEXT_LIMITS.headerValue + 4) +
  128;

/** Append only: the index is on the wire. */
export const METHOD_CODES: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'CONNECT',
];
/** Append only. */
export const PROTOCOL_CODES: readonly string[] = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0'];
/** Append only: {@link ALGORITHM_NAMES} is therefore too. */
export const ALGORITHM_CODES = ALGORITHM_NAMES;
