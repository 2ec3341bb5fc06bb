/** The probes' verdict on a backend. */
export const HEALTH_STATES = ['unknown', 'healthy', 'unhealthy'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** One probe, or one change of a backend's health. Documents of `health_logs` have these fields (`id` is `_id`). */
export interface HealthLogRecord {
  /** 24 hex digits, fixed when the record is made. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly time: number;
  readonly kind: 'probe' | 'change';
  readonly service: string;
  /** Backend id. */
  readonly backend: string;
  readonly url: string;
  /** Of a probe: did it pass. Of a change: is the backend now healthy. */
  readonly passed: boolean;
  /** Health after this record. */
  readonly health: HealthState;
  /** Health before a change; the same as `health` for a probe. */
  readonly previous: HealthState;
  /** Response status of an HTTP probe; 0: none. */
  readonly status: number;
  readonly durationUs: number;
  /** Why it failed, in words; empty when it passed. */
  readonly error: string;
}
