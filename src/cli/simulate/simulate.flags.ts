import type { LoadKind } from '../../modules/autoscaling/simulation/index.js';

/** Options of `velocity simulate` as commander gives them; durations and moments as they are written. */
export interface SimulateFlags {
  readonly service?: string;
  readonly config?: string;
  readonly min?: number;
  readonly max?: number;
  readonly target?: readonly string[];
  readonly set?: readonly string[];
  readonly constant?: readonly number[];
  readonly step?: readonly number[];
  readonly sine?: readonly number[];
  readonly fromLog?: boolean;
  readonly since: string;
  readonly until?: string;
  readonly load?: LoadKind;
  readonly for?: string;
  readonly period?: string;
  readonly begin?: string;
  readonly serviceTime: string;
  readonly startTime: string;
  readonly maxInFlight?: number;
  readonly queueSize?: number;
  readonly price?: number;
  readonly svg?: string;
}
