import type { DropReason } from '../../../common/contract/index.js';

/** How long a time one roll-up sums up. Times are of UTC. */
export const RESOLUTIONS = ['minute', 'hour', 'day'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export const RESOLUTION_MS: Readonly<Record<Resolution, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** What roll-ups are told apart by. `traffic` is complete; `paths` and `clients` keep the busiest by name, the rest as one. */
export const CUBES = ['traffic', 'paths', 'clients'] as const;
export type Cube = (typeof CUBES)[number];

/** Characters of a path after which roll-ups cut it. */
export const MAX_PATH_CHARACTERS = 256;

/** Every sum that a roll-up holds; all of them may be added up over time, balancers and dimensions. */
export interface RollupSums {
  /** Exchanges, forwarded or dropped. */
  requests: number;
  /** Forwards that a backend answered with 500 or more. */
  errors: number;
  /** Exchanges with a drop reason. */
  drops: number;
  /** Attempts beyond an exchange's first. */
  retries: number;
  /** Body bytes from and to clients. */
  bytesIn: number;
  bytesOut: number;
  /** Sum of `totalUs` of the exchanges in `latency`. */
  totalUs: number;
  /**
   * How many exchanges took how long, `totalUs` by bucket of `latencyBucket`; buckets without any are absent. Upgraded
   * connections (101) are not in it: they last as long as somebody talks.
   */
  latency: Map<number, number>;
}

/** The exchanges of one time and one place, summed up. A dimension that its cube does not have is empty, or 0. */
export interface Rollup extends Readonly<RollupSums> {
  readonly cube: Cube;
  readonly resolution: Resolution;
  /** Unix milliseconds, a multiple of the resolution; by the time of the request heads. */
  readonly start: number;
  /** Empty: none was found. */
  readonly service: string;
  /** `traffic`: id, empty for none. */
  readonly backend: string;
  /** `traffic`. */
  readonly status: number;
  /** `traffic`; empty: forwarded. */
  readonly dropReason: DropReason | '';
  /** `paths`: cut after 256 characters; empty: all the paths that are not kept by name. */
  readonly path: string;
  /** `clients`: address; empty: all that are not kept by name. */
  readonly client: string;
}
