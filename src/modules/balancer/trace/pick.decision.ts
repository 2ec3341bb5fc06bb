import {
  type AlgorithmName,
  BackendCell,
  BackendState,
  CANDIDATE_STATES,
  type CandidateDecision,
  type CandidateState,
  type PickDecision,
  type PickKeyDecision,
  type SkipReason,
} from '../../../common/contract/index.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { rendezvousScore } from '../rendezvous.js';
import { type Listed, listedBackends } from './candidate.list.js';
import { type PickTrace, Rule, TRACED } from './pick.trace.js';
import { turnsUntil } from './turns-until.js';

/** Of a pick, what its candidates are told by. */
interface Telling {
  readonly trace: PickTrace;
  /** [backendCapacity x BACKEND_CELLS], for what a trace does not hold: counts of those that are out of rotation. */
  readonly cells: Int32Array;
  /** By index of the rotation; -1: too far away, or there are no turns. */
  readonly turns: Int32Array;
  /** The best score of a hash: that of the chosen one. */
  readonly bestScore: number;
}

/** How a pick came about, from what it has left. Not on the hot path: only of exchanges whose decision is kept. */
export function pickDecisionOf(trace: PickTrace, cells: Int32Array): PickDecision {
  const { chosen, service, rotation, named } = trace;
  const { name } = service!.snapshot.algorithm;
  const listed = listedBackends(trace);
  const telling = { trace, cells, turns: turnsUntil(trace), bestScore: bestScoreOf(trace) };
  const candidates = listed.map((one) => candidateOf(one, telling));
  return {
    kind: trace.kind,
    algorithm: name,
    rule: trace.ruleName,
    group:
      service!.split === null || trace.set === null || trace.groupChoiceName === 'open' ? null : trace.group,
    groupChoice: trace.groupChoiceName,
    key: keyOf(name, trace),
    affinity: trace.affinity,
    backend: chosen === null ? null : chosen.snapshot.id,
    named: named === null ? null : named.snapshot.id,
    drawn: drawnIn(trace).map((index) => rotation.backends[index]!.snapshot.id),
    bound: trace.bound,
    candidates,
    others: service!.backends.length - candidates.length,
  };
}

/** What of a request an algorithm goes by. */
function keyOf(algorithm: AlgorithmName, { service, hash }: PickTrace): PickKeyDecision | null {
  const { header, cookie } = service!.snapshot.algorithm;
  switch (algorithm) {
    case 'ip-hash':
      return { by: 'client', name: '', hash };
    case 'url-hash':
      return { by: 'url', name: '', hash };
    case 'header-hash':
      return { by: 'header', name: header, hash };
    case 'sticky-round-robin':
      return { by: 'cookie', name: cookie, hash: 0 };
    default:
      return null;
  }
}

/** Least in flight notes whom it chose, too: that was not chance. */
function drawnIn({ rule, first, second }: PickTrace): number[] {
  if (rule !== Rule.draw && rule !== Rule.two) return [];
  return [first, second].filter((index) => index >= 0);
}

function candidateOf(listed: Listed, telling: Telling): CandidateDecision {
  const { backend, index } = listed;
  const { trace, turns } = telling;
  const { id, url, weight, maxInFlight, backup } = backend.snapshot;
  const turn = index < 0 ? -1 : turns[index]!;
  const skipped = backend === trace.chosen ? null : skipReasonOf(listed, telling);
  const inFlight = inFlightOf(listed, skipped, telling);
  return {
    backend: id,
    url,
    states: statesOf(backend, telling),
    inFlight,
    maxInFlight,
    weight: index < 0 ? weight : trace.rotation.weights[index]!,
    warmth: index < 0 ? 0 : trace.rotation.warmth[index]!,
    backup,
    turn: turn < 0 ? null : turn,
    score: isPassedOver(skipped) ? null : scoreOf(listed, inFlight, telling),
    skipped,
  };
}

/** Whether the rule was not asked about it. */
function isPassedOver(skipped: SkipReason | null): boolean {
  return skipped !== null && skipped !== 'lost' && skipped !== 'bound';
}

function statesOf(backend: BackendRuntime, telling: Telling): CandidateState[] {
  const bits = stateBitsOf(backend, telling);
  const isHalfOpen = telling.trace.rotation.trials.includes(backend);
  return CANDIDATE_STATES.filter((state, bit) => {
    if (state === 'breaker-half-open') return isHalfOpen;
    if (state === 'breaker-open' && isHalfOpen) return false;
    return (bits & (1 << bit)) !== 0 || (state === 'removed' && backend.removed);
  });
}

/** As they were when the rotation was made; of backends of other groups as they are now. */
function stateBitsOf(backend: BackendRuntime, { trace, cells }: Telling): number {
  const index = trace.picture.backends.indexOf(backend);
  return index < 0 ? cells[backend.row + BackendCell.state]! : trace.picture.states[index]!;
}

function skipReasonOf({ backend, index }: Listed, telling: Telling): SkipReason {
  const { trace } = telling;
  if (trace.set === null) return trace.service!.split === null ? 'behind' : 'out';
  if (index < 0) return reasonToBeOut(backend, telling);
  if (trace.rule === Rule.none) return index < TRACED && (trace.tried >> index) & 1 ? 'tried' : 'full';
  if (index < TRACED && (trace.tried >> index) & 1) return 'tried';
  if (index < TRACED && (trace.full >> index) & 1) return 'full';
  switch (trace.rule) {
    case Rule.trial:
      return 'trial_elsewhere';
    case Rule.draw:
    case Rule.two:
      return index === trace.first || index === trace.second ? 'lost' : 'not_drawn';
    case Rule.hash:
      return hashScoreOf(index, trace) < telling.bestScore ? 'bound' : 'lost';
    case Rule.turn:
      // Whom the cookie names loses no turn: it was passed over.
      if (backend !== trace.named) return 'lost';
      return trace.service!.limitsBackends ? 'full' : 'tried';
    default:
      return 'lost';
  }
}

function reasonToBeOut(backend: BackendRuntime, telling: Telling): SkipReason {
  const { trace } = telling;
  const isElsewhere = !trace.picture.backends.includes(backend);
  if (isElsewhere) return 'other_group';
  const bits = stateBitsOf(backend, telling) & ~BackendState.vacant;
  if (bits !== 0 || backend.removed) return 'out';
  if (backend.snapshot.weight === 0) return 'no_weight';
  return backend.snapshot.backup ? 'backup' : 'out';
}

/**
 * As the pick saw it. Where others counted at the same moment, what the pick has concluded from what it saw is kept: the
 * idle one had nothing in flight, those before it had something, one at its bound had reached it and the chosen one had not.
 */
function inFlightOf({ backend, index }: Listed, skipped: SkipReason | null, telling: Telling): number {
  const { trace, cells, turns } = telling;
  const isSeen = index >= 0 && index < TRACED;
  const read = isSeen ? trace.inFlight[index]! : Math.max(0, cells[backend.row + BackendCell.inFlight]!);
  if (index < 0) return read;
  if (index === trace.first && (trace.rule === Rule.two || trace.rule === Rule.least)) return trace.firstLoad;
  if (index === trace.second) return trace.secondLoad;
  if (trace.idleSteps > 0) {
    if (backend === trace.chosen) return 0;
    const turn = turns[index]!;
    return turn >= 0 && turn < trace.idleSteps - 1 ? Math.max(1, read) : read;
  }
  if (trace.rule !== Rule.hash || trace.bound === 0) return read;
  const most = Math.ceil(trace.bound * trace.rotation.weights[index]!);
  if (skipped === null) return Math.min(read, most - 1);
  return skipped === 'bound' ? Math.max(read, most) : read;
}

function scoreOf({ index }: Listed, inFlight: number, { trace }: Telling): number | null {
  if (index < 0) return null;
  switch (trace.rule) {
    case Rule.least:
      return inFlight / trace.rotation.weights[index]!;
    case Rule.two:
      return index === trace.first ? trace.firstScore : index === trace.second ? trace.secondScore : null;
    case Rule.hash:
      return hashScoreOf(index, trace);
    default:
      return null;
  }
}

function bestScoreOf(trace: PickTrace): number {
  const { rule, rotation, chosen } = trace;
  if (rule !== Rule.hash || chosen === null) return 0;
  return hashScoreOf(rotation.backends.indexOf(chosen), trace);
}

function hashScoreOf(index: number, { rotation, hash }: PickTrace): number {
  return rendezvousScore(hash, rotation.backends[index]!.snapshot.id, rotation.weights[index]!);
}
