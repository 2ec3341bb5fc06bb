/** What workers do about traces (W3C Trace Context). */
export interface TracingSettings {
  /** Share of the traces begun here that are sampled: 0 to 1. */
  readonly sampleShare: number;
  /** Whose `traceparent` is continued: everybody's, or only that of `trustedProxies`. */
  readonly trust: 'all' | 'proxies';
  /** Whether spans of sampled exchanges are recorded, so that their ids are what backends continue. */
  readonly records: boolean;
}

/**
 * Id of the span of an attempt: what its backend is told, and what is exported. Made of the exchange's and the backend's
 * own ids, so that it need not be carried along.
 *
 * @param spanId Of the exchange, 16 hex digits.
 * @param backend Its id, 16 hex digits.
 * @param nth Earlier attempts of the exchange at the same backend.
 */
export function attemptSpanId(spanId: string, backend: string, nth: number): string {
  const high = parseInt(spanId.slice(0, 8), 16) ^ parseInt(backend.slice(0, 8), 16);
  const low = (parseInt(spanId.slice(8), 16) ^ parseInt(backend.slice(8), 16)) + nth + 1;
  const id = hex32(high) + hex32(low);
  return id === NO_SPAN ? FIRST_SPAN : id;
}

/** Means none (W3C Trace Context, section 3.2.2.4). */
const NO_SPAN = '0'.repeat(16);
const FIRST_SPAN = '0'.repeat(15) + '1';

function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
