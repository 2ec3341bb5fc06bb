import type { HealthState } from '../../common/contract/index.js';

export interface HealthThresholds {
  /** Passes in a row that make an unhealthy backend healthy. */
  readonly rise: number;
  /** Failures in a row that make a healthy backend unhealthy. */
  readonly fall: number;
}

/**
 * Turns passes and failures into a verdict. The first one decides alone, so that a new backend serves, or is known to
 * be down, after one probe; afterwards it takes `fall` failures or `rise` passes in a row, so one that flaps faster
 * stays what it was.
 */
export class HealthJudge {
  /** In a row, up to now. At most one of the two is not 0. */
  passes = 0;
  failures = 0;

  constructor(public health: HealthState = 'unknown') {}

  judge(passed: boolean, { rise, fall }: HealthThresholds): HealthState {
    if (passed) {
      this.passes++;
      this.failures = 0;
      if (this.health === 'unknown' || this.passes >= rise) this.health = 'healthy';
    } else {
      this.failures++;
      this.passes = 0;
      if (this.health === 'unknown' || this.failures >= fall) this.health = 'unhealthy';
    }
    return this.health;
  }
}
