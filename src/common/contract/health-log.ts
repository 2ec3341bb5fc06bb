/** The probes' verdict on a backend. */
export const HEALTH_STATES = ['unknown', 'healthy', 'unhealthy'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** `ejection` and `breaker` come of live traffic, the others of probes. */
export const HEALTH_LOG_KINDS = ['probe', 'change', 'ejection', 'breaker'] as const;
export type HealthLogKind = (typeof HEALTH_LOG_KINDS)[number];

/** One probe, one change of a backend's health, or the beginning or end of an outage.
 * Documents of `health_logs` have these fields (`id` is `_id`). */
export interface HealthLogRecord {
  /** 24 hex digits, fixed when the record is made. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly time: number;
  readonly kind: HealthLogKind;
  readonly service: string;
  /** Backend id; empty: the breaker of the service as a whole. */
  readonly backend: string;
  readonly url: string;
  /** Of a probe: did it pass. Of a change: is the backend now healthy. Of an outage: is it over. */
  readonly passed: boolean;
  /** Health after this record. */
  readonly health: HealthState;
  /** Health before a change; the same as `health` for a probe. */
  readonly previous: HealthState;
  /** Response status of an HTTP probe; 0: none. */
  readonly status: number;
  readonly durationUs: number;
  /** Why it failed, or why and until when it is out, in words; empty when it passed. */
  readonly error: string;
}
