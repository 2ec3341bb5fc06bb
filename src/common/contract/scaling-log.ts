/**
 * One step in the life of a service's copies, or one decision on their number. Documents of `scaling_logs` have these
 * fields (`id` is `_id`).
 */
export interface ScalingLogRecord {
  /** 24 hex digits, fixed when the record is made: see `RecordIdSource`. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly time: number;
  readonly service: string;
  /**
   * `decision`: another count is wanted, or the reason for the present one has changed; `started`, `failed`, `stopped`: one copy;
   * `found`, `lost`: a backend that discovery brought or saw vanish; `problem`: a driver or a source cannot do what it should,
   * or can again (empty `reason`).
   */
  readonly kind: 'decision' | 'started' | 'failed' | 'stopped' | 'found' | 'lost' | 'problem';
  /** Copies that were there or on their way. */
  readonly current: number;
  /** Copies that should be there; null: nothing was decided. */
  readonly desired: number | null;
  /** Backend id; null: not about one backend. */
  readonly backend: string | null;
  /** Id of the copy in its driver, or where the backend was found; empty: not about one. */
  readonly instance: string;
  /** The metric that decided; null: none. */
  readonly metric: string | null;
  /** What was seen, by metric; empty: nothing was. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What made it another count than the metrics asked for. */
  readonly limits: readonly string[];
  /** One sentence for people. */
  readonly reason: string;
}

export const SCALING_LOG_KINDS = [
  'decision',
  'started',
  'failed',
  'stopped',
  'found',
  'lost',
  'problem',
] as const satisfies readonly ScalingLogRecord['kind'][];
