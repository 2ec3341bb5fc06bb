import type { CandidateDecision, PickDecision, SkipReason } from '../../../common/contract/index.js';
import { rendezvousScore } from '../rendezvous.js';

/** What is not the algorithm's doing: those were never put before it. */
const NEVER_ASKED: ReadonlySet<SkipReason> = new Set([
  'out',
  'no_weight',
  'backup',
  'full',
  'tried',
  'other_group',
  'behind',
]);

/**
 * Picks once more among recorded candidates, by the rule of the recorded algorithm: the id of the backend, null for none.
 * Pure. Gives what was picked, for every algorithm: where chance decided, by the recorded draws. What the record says was
 * picked, and who has lost, is not looked at.
 */
export function rerunPick(pick: PickDecision): string | null {
  const asked = pick.candidates.filter(({ skipped }) => skipped === null || !NEVER_ASKED.has(skipped));
  if (pick.rule === 'trial') return idOf(asked.find(({ states }) => states.includes('breaker-half-open')));
  const members = asked.filter(({ warmth }) => warmth > 0);
  if (members.length === 0) return null;
  switch (pick.algorithm) {
    case 'round-robin':
    case 'weighted-round-robin':
      return idOf(soonest(members));
    case 'sticky-round-robin':
      return idOf(members.find(({ backend }) => backend === pick.named) ?? soonest(members));
    case 'least-connections':
      return idOf(leastLoaded(members));
    case 'random':
      return pick.drawn[0] ?? null;
    case 'power-of-two-choices':
      return idOf(betterOfTwo(pick, members, isLighter));
    case 'peak-ewma':
      return idOf(betterOfTwo(pick, members, isSooner));
    case 'ip-hash':
    case 'url-hash':
    case 'header-hash':
      return idOf(bestOfHash(pick, members));
  }
}

type Candidates = readonly CandidateDecision[];

function idOf(candidate: CandidateDecision | undefined): string | null {
  return candidate === undefined ? null : candidate.backend;
}

/** Turns that are not told come after all that are. */
function turnOf({ turn }: CandidateDecision): number {
  return turn ?? Infinity;
}

/** Of equal ones the first, here and below. */
function first(members: Candidates, isBetter: (a: CandidateDecision, b: CandidateDecision) => boolean) {
  return members.reduce((best, candidate) => (isBetter(candidate, best) ? candidate : best));
}

function soonest(members: Candidates): CandidateDecision {
  return first(members, (a, b) => turnOf(a) < turnOf(b));
}

/** In flight per weight, compared without a division. */
function isLighter(a: CandidateDecision, b: CandidateDecision): boolean {
  return a.inFlight * b.weight < b.inFlight * a.weight;
}

function isSooner(a: CandidateDecision, b: CandidateDecision): boolean {
  return (a.score ?? Infinity) < (b.score ?? Infinity);
}

function leastLoaded(members: Candidates): CandidateDecision {
  const least = first(members, isLighter);
  return soonest(members.filter((candidate) => !isLighter(least, candidate)));
}

function betterOfTwo(
  { drawn }: PickDecision,
  members: Candidates,
  isBetter: (a: CandidateDecision, b: CandidateDecision) => boolean,
): CandidateDecision | undefined {
  const [one, other] = drawn.map((id) => members.find(({ backend }) => backend === id));
  return one !== undefined && other !== undefined && isBetter(other, one) ? other : one;
}

function bestOfHash({ key, bound }: PickDecision, members: Candidates): CandidateDecision | undefined {
  const within = members.filter(
    ({ inFlight, weight }) => bound === 0 || inFlight < Math.ceil(bound * weight),
  );
  if (within.length === 0) return undefined;
  const scores = new Map(
    within.map((one) => [one, rendezvousScore(key?.hash ?? 0, one.backend, one.weight)]),
  );
  return first(within, (a, b) => scores.get(a)! < scores.get(b)!);
}
