import type { SimulationResult } from '../../modules/autoscaling/simulation/index.js';
import type { RecordedDecision } from './load.source.js';

/** What `velocity simulate --json` prints. */
export interface SimulationReport extends SimulationResult {
  /** null: described by options only. */
  readonly service: string | null;
  /** How the simulated course differs from what was decided; null: the load is not of the past. */
  readonly recorded: RecordedCourse | null;
}

export interface RecordedCourse {
  readonly decisions: readonly RecordedDecision[];
  /** Most backends that a recorded decision and the simulated one of that time are apart. */
  readonly mostApart: number;
}

export function reportOf(
  service: string | null,
  result: SimulationResult,
  recorded: readonly RecordedDecision[],
): SimulationReport {
  return {
    service,
    ...result,
    recorded: recorded.length === 0 ? null : { decisions: recorded, mostApart: mostApart(result, recorded) },
  };
}

/** The live one decides at other moments of the interval: the nearest of those around is the one that is meant. */
function mostApart(
  { decisions, intervalMs, startedAt }: SimulationResult,
  recorded: readonly RecordedDecision[],
) {
  const end = decisions.at(-1)?.time ?? startedAt;
  let first = 0;
  let most = 0;
  for (const { time, desired } of recorded) {
    while (first < decisions.length && decisions[first]!.time < time - intervalMs) first++;
    let least = Infinity;
    for (let index = first; index < decisions.length; index++) {
      if (decisions[index]!.time > time + intervalMs) break;
      least = Math.min(least, Math.abs(decisions[index]!.desired - desired));
    }
    if (least !== Infinity && time <= end) most = Math.max(most, least);
  }
  return most;
}
