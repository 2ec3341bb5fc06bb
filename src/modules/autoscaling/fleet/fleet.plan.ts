import { type Copy, counts } from './copy.js';

/** What brings a fleet nearer to its count. */
export interface FleetPlan {
  /** So many more are to be started. */
  readonly start: number;
  /** Take nothing new from now on, and are ended when they are empty. */
  readonly drain: readonly Copy[];
  /** Were to go, and are needed after all. */
  readonly revive: readonly Copy[];
}

/**
 * Compares what is there with what should be. Outdated copies are replaced one after the other: one more first, then an
 * old one goes, so that never fewer take requests than should.
 */
export function planFleet(copies: readonly Copy[], target: number): FleetPlan {
  const alive = copies.filter(counts);
  const outdated = alive.filter(({ isOutdated }) => isOutdated);
  return outdated.length > 0 && target > 0
    ? rollingPlan(alive, outdated, target)
    : plainPlan(copies, alive, target);
}

function plainPlan(copies: readonly Copy[], alive: readonly Copy[], target: number): FleetPlan {
  const missing = Math.max(0, target - alive.length);
  const revive = copies.filter(canComeBack).slice(0, missing);
  const excess = Math.max(0, alive.length - target);
  return {
    start: missing - revive.length,
    drain: alive.toSorted(firstToGo).slice(0, excess),
    revive,
  };
}

function rollingPlan(alive: readonly Copy[], outdated: readonly Copy[], target: number): FleetPlan {
  const fresh = alive.length - outdated.length;
  const ready = alive.filter(({ isReady }) => isReady).length;
  const start = Math.max(0, Math.min(target - fresh, target + 1 - alive.length));
  const excess = Math.max(0, alive.length - target);
  const useless = outdated.filter(({ isReady }) => !isReady).slice(0, excess);
  const spare = Math.max(0, Math.min(excess - useless.length, ready - target));
  const replaced = outdated
    .filter(({ isReady }) => isReady)
    .toSorted(firstToGo)
    .slice(0, spare);
  // A count that has fallen meanwhile: also new ones go, when those that they would replace do not suffice.
  const gone = new Set([...useless, ...replaced]);
  const beyond = Math.max(0, alive.length - (target + 1) - gone.size);
  const others = alive
    .filter((copy) => !gone.has(copy))
    .toSorted(firstToGo)
    .slice(0, beyond);
  return { start, drain: [...gone, ...others], revive: [] };
}

function canComeBack({ instance, memory, isDraining, isOutdated, backend }: Copy): boolean {
  return (
    isDraining &&
    !isOutdated &&
    !memory.isEnding &&
    !memory.hasFailed &&
    instance.state === 'running' &&
    backend !== null &&
    backend.isOurs &&
    backend.state === 'draining'
  );
}

/** Outdated ones, those that take nothing yet, those with the least to finish, and of equal ones the newest. */
function firstToGo(a: Copy, b: Copy): number {
  return (
    Number(b.isOutdated) - Number(a.isOutdated) ||
    Number(a.isReady) - Number(b.isReady) ||
    a.inFlight - b.inFlight ||
    b.instance.startedAt - a.instance.startedAt
  );
}
