import { CircuitState } from '../../common/contract/index.js';

/** What stands for each state of a breaker: the worse the higher. */
const VALUES: Readonly<Record<number, number>> = {
  [CircuitState.closed]: 0,
  [CircuitState.halfOpen]: 1,
  [CircuitState.open]: 2,
};

/** For help texts. */
export const BREAKER_LEGEND = '0: closed, 1: half-open, 2: open';

/** The number that stands for a breaker's state in a metric. */
export function breakerValue(state: number): number {
  return VALUES[state] ?? 0;
}
