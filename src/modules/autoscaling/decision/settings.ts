import type { ScalingConfig } from '../../../common/config/index.js';

/** What a decision needs of a service's settings. */
export type ScalingSettings = Pick<
  ScalingConfig,
  'min' | 'max' | 'targets' | 'tolerance' | 'up' | 'down' | 'idleMs'
>;
