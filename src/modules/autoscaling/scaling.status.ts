import type { ScalingDriverConfig } from '../../common/config/index.js';
import type { ScalingFigures } from '../metrics/index.js';
import type { ScalingDecision } from './decision/index.js';

/** `active`: this balancer decides; `standby`: another one does, or nobody yet; `off`: the driver cannot be used here. */
export const SCALING_STATES = ['active', 'standby', 'off'] as const;
export type ScalingState = (typeof SCALING_STATES)[number];

/** How the scaling of one service stands. */
export interface ScalingStatus {
  readonly service: string;
  readonly driver: ScalingDriverConfig['driver'];
  readonly state: ScalingState;
  /** For people; empty: all is well. */
  readonly problem: string;
  readonly min: number;
  readonly max: number;
  /** What the schedules ask for now; 0: nothing. */
  readonly floor: number;
  /** There or on their way, and not on their way out. */
  readonly current: number;
  /** Take requests. */
  readonly ready: number;
  readonly desired: number;
  /** Empty unless this balancer decides. */
  readonly instances: readonly ScalingInstance[];
  /** The last one; null: none yet. */
  readonly decision: ScalingDecision | null;
}

export interface ScalingInstance {
  readonly id: string;
  readonly url: string | null;
  /** Backend id; null: it has none, or not yet. */
  readonly backend: string | null;
  readonly state: 'starting' | 'running' | 'stopping' | 'failed';
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly detail: string;
  /** Share of its CPUs; null: not known. */
  readonly cpu: number | null;
  readonly isDraining: boolean;
}

/** What is counted since the start of the balancer. */
export type ScalingCounts = Pick<ScalingFigures, 'up' | 'down' | 'hold' | 'started' | 'failed' | 'stopped'>;
