/** Who waits in front of whom: `high` before `normal` before `low`. */
export const PRIORITY_CLASSES = ['high', 'normal', 'low'] as const;
export type PriorityClass = (typeof PRIORITY_CLASSES)[number];

/** Exchanges that it matches wait in its class. An empty text matches anything. */
export interface PriorityRule {
  /** Header that must be there, lower case. */
  readonly header: string;
  /** The value that the header must have. */
  readonly value: string;
  readonly method: string;
  /** Pattern of paths (see PathPattern). */
  readonly path: string;
  readonly class: PriorityClass;
}

/** How many exchanges may run at a time, and how others wait. */
export interface QueuePolicy {
  /** Exchanges that run at the service, over all workers; 0: unlimited. */
  readonly maxInFlight: number;
  /** Whether any backend has a `maxInFlight` of its own. */
  readonly limitsBackends: boolean;
  /** Exchanges that may wait, over all workers; 0: nobody waits. */
  readonly size: number;
  readonly timeoutMs: number;
  /** For how long an exchange waits for a backend to come back; 0: off. */
  readonly holdMs: number;
  /** Whether clients take turns within a class; false: first in, first out. */
  readonly fair: boolean;
  /** The first that matches decides; none: `normal`. */
  readonly priority: readonly PriorityRule[];
  /** The queue stands when nobody waited less than this for a whole interval; 0: nothing is shed. */
  readonly shedTargetMs: number;
  readonly shedIntervalMs: number;
  /** It records what it would refuse, and neither refuses nor holds anything. */
  readonly shadow: boolean;
}

export const NO_QUEUE: QueuePolicy = {
  maxInFlight: 0,
  limitsBackends: false,
  size: 0,
  timeoutMs: 0,
  holdMs: 0,
  fair: true,
  priority: [],
  shedTargetMs: 0,
  shedIntervalMs: 0,
  shadow: false,
};
