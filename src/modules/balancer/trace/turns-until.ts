import { type PickTrace, Rule } from './pick.trace.js';

/** Turns that least connections looks at for an idle backend, at most. */
export const IDLE_TURNS = 8;
/** So far turns are told of those that were not picked. */
const TOLD = 256;

/**
 * How many turns each backend of the rotation was away from its own, by index, as far as the rule looked; -1: further, or
 * the rule looked at no turns. The one that was picked by its turn is always told.
 */
export function turnsUntil(trace: PickTrace): Int32Array {
  const { rotation, turns, place } = trace;
  const until = new Int32Array(rotation.backends.length).fill(-1);
  if (turns === null) return until;
  const chosen = trace.chosen === null ? -1 : rotation.backends.indexOf(trace.chosen);
  const most = Math.min(turns.length, furthestOf(trace));
  for (let step = 0; step < most; step++) {
    const index = turns[(place + step) % turns.length]!;
    if (until[index]! < 0) until[index] = step;
    if (step >= TOLD && until[chosen]! >= 0) break;
  }
  return until;
}

/** A tie is settled by as many turns as there are backends, and not by those behind them. */
function furthestOf({ rule, idleSteps, rotation }: PickTrace): number {
  if (rule !== Rule.least) return Infinity;
  return idleSteps > 0 ? IDLE_TURNS : rotation.backends.length;
}
