import type { ScalingMetric } from '../../../common/config/index.js';
import type { ScalingDecision, ScalingObservation } from '../decision/index.js';
import type { ScalingJournal } from '../scaling.journal.js';

/** What was decided, and on what. */
export interface TakenDecision {
  readonly service: string;
  readonly observation: ScalingObservation;
  readonly decision: ScalingDecision;
  /** What the schedules asked for. */
  readonly floor: number;
}

/**
 * Writes down the decisions of one service: those that want another count than the one before, or for another reason. All
 * of them go to the application log at level debug, with what `velocity simulate` needs to repeat them.
 */
export class DecisionJournal {
  private last = '';

  constructor(private readonly journal: ScalingJournal) {}

  taken({ service, observation, decision, floor }: TakenDecision): void {
    const { log } = this.journal;
    log.debug({ event: 'scaling-decision', service, observation, decision, floor }, decision.reason);
    const gist = JSON.stringify([decision.desired, decision.metric, decision.limits]);
    if (gist === this.last) return;
    this.last = gist;
    this.journal.write({
      service,
      kind: 'decision',
      time: decision.time,
      current: decision.current,
      desired: decision.desired,
      metric: decision.metric,
      metrics: known(observation.metrics),
      limits: decision.limits,
      reason: decision.reason,
    });
  }
}

function known(metrics: Readonly<Record<ScalingMetric, number | null>>): Record<string, number> {
  const pairs = Object.entries(metrics).filter((pair): pair is [string, number] => pair[1] !== null);
  return Object.fromEntries(pairs);
}
