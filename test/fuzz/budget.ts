import { LANES, type LaneKind } from '../support/lane.fixture.js';

/** How long a campaign goes on, from where, and on what. `npm run fuzz` sets it; without it, each spec has its own small one. */
export interface Budget {
  readonly lanes: readonly LaneKind[];
  readonly seed: number;
  /** Trials; Infinity when the time alone ends it. */
  readonly trials: number;
  readonly milliseconds: number;
  /** Whether it was asked for by `npm run fuzz`: then progress is shown. */
  readonly isLong: boolean;
}

/** The budget of one campaign. `trials`: of a plain test run. */
export function budgetOf(trials: number): Budget {
  const { VELOCITY_FUZZ_MINUTES: minutes, VELOCITY_FUZZ_SEED: seed, VELOCITY_FUZZ_LANE: lane } = process.env;
  const { VELOCITY_FUZZ_TRIALS: wanted } = process.env;
  const isLong = minutes !== undefined || wanted !== undefined;
  // The others are the same lanes in another composition.
  const fuzzed = LANES.filter((kind) => kind === 'http' || kind === 'wire');
  const lanes = lane === undefined ? fuzzed : LANES.filter((kind) => kind === lane);
  if (lanes.length === 0) throw new Error(`There is no lane "${lane}"; there are: ${LANES.join(', ')}.`);
  return {
    lanes,
    seed: Number(seed ?? 1),
    trials: wanted === undefined ? (isLong ? Infinity : trials) : Number(wanted),
    milliseconds: minutes === undefined ? Infinity : Number(minutes) * 60_000,
    isLong,
  };
}
