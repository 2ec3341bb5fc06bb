import { AFFINITY_RESULTS } from '../affinity-results.js';
import type { ByteWriter } from '../byte.writer.js';
import { RATE_LIMIT_KEYS } from '../rate-limit.js';
import { ALGORITHM_NAMES } from '../snapshot.js';
import { CIRCUIT_STATE_NAMES } from '../outages/circuit.js';
import { CandidateFlag, DECISION_TEXTS, LimitFlag, PickFlag } from './decision.codec.js';
import {
  BLOCK_SOURCES,
  BLOCK_VERDICTS,
  CANDIDATE_STATES,
  type CandidateDecision,
  DECISION_CAUSES,
  DECISION_LIMITS,
  type DecisionRecord,
  GROUP_CHOICES,
  type LimitDecision,
  PICK_KEYS,
  PICK_KINDS,
  PICK_RULES,
  type PickDecision,
  QUEUE_PLACES,
  SKIP_REASONS,
} from './decision-record.js';

/** Backends of the decision that is being written, by id. */
const indexes = new Map<string, number>();

/** Writes a decision, or that there is none. false: an id is not 16 lower-case hex digits. */
export function writeDecision(writer: ByteWriter, decision: DecisionRecord | null): boolean {
  if (decision === null) {
    writer.u8(0);
    return true;
  }
  const { route, queue, retryBudget, block, limits } = decision;
  writer.u8(DECISION_CAUSES.indexOf(decision.cause) + 1);
  writer.u8(decision.breaker === null ? 0 : CIRCUIT_STATE_NAMES.indexOf(decision.breaker) + 1);
  writer.u8(queue === null ? 0 : QUEUE_PLACES.indexOf(queue.place) + 1);
  writer.u8(retryBudget === null ? 0 : retryBudget.granted ? 2 : 1);
  writer.u8(
    block === null ? 0 : BLOCK_VERDICTS.indexOf(block.verdict) + 4 * BLOCK_SOURCES.indexOf(block.source) + 1,
  );
  writer.u8(route === null ? 0 : 1);
  if (route !== null) {
    writer.text(route.service, DECISION_TEXTS.service);
    writer.text(route.host, DECISION_TEXTS.host);
    writer.text(route.path, DECISION_TEXTS.path);
  }
  if (queue !== null) writeVarints(writer, queue.ahead, queue.size, queue.waitedUs);
  if (retryBudget !== null) writeVarints(writer, retryBudget.percent, retryBudget.minPerSecond);
  const count = Math.min(limits.length, DECISION_LIMITS.limits);
  writer.u8(count);
  for (let at = 0; at < count; at++) writeLimit(writer, limits[at]!);
  return writePicks(writer, decision);
}

function writeVarints(writer: ByteWriter, ...values: readonly number[]): void {
  for (const value of values) writer.varint(value);
}

function writeLimit(writer: ByteWriter, limit: LimitDecision): void {
  writer.text(limit.rule, DECISION_TEXTS.name);
  writer.text(limit.service, DECISION_TEXTS.service);
  writer.text(limit.header, DECISION_TEXTS.name);
  writer.text(limit.method, DECISION_TEXTS.method);
  writer.text(limit.path, DECISION_TEXTS.path);
  writer.u8(bitsOf(limit.by, RATE_LIMIT_KEYS));
  writer.u8(
    (limit.allowed ? LimitFlag.allowed : 0) |
      (limit.shadow ? LimitFlag.shadow : 0) |
      (limit.shared ? LimitFlag.shared : 0),
  );
  writeVarints(writer, limit.limit, limit.windowMs, limit.burst, limit.remaining, limit.waitMs);
}

function writePicks(writer: ByteWriter, { picks, morePicks }: DecisionRecord): boolean {
  const count = Math.min(picks.length, DECISION_LIMITS.picks);
  if (!writeBackends(writer, picks, count)) return false;
  writer.u8(count);
  writer.varint(morePicks + picks.length - count);
  for (let at = 0; at < count; at++) writePick(writer, picks[at]!);
  indexes.clear();
  return true;
}

/** Each backend once, however many picks it was a candidate of. */
function writeBackends(writer: ByteWriter, picks: readonly PickDecision[], count: number): boolean {
  indexes.clear();
  const backends: CandidateDecision[] = [];
  for (let at = 0; at < count; at++) {
    const { candidates } = picks[at]!;
    const kept = Math.min(candidates.length, DECISION_LIMITS.candidates);
    for (let index = 0; index < kept; index++) {
      const candidate = candidates[index]!;
      if (indexes.has(candidate.backend)) continue;
      indexes.set(candidate.backend, backends.length);
      backends.push(candidate);
    }
  }
  writer.varint(backends.length);
  for (const { backend, url } of backends) {
    if (!writer.hex(backend, 16)) return false;
    writer.text(url, DECISION_TEXTS.url);
  }
  return true;
}

function writePick(writer: ByteWriter, pick: PickDecision): void {
  const { key, group, backend, candidates } = pick;
  writer.u8(PICK_KINDS.indexOf(pick.kind));
  writer.u8(ALGORITHM_NAMES.indexOf(pick.algorithm));
  writer.u8(PICK_RULES.indexOf(pick.rule));
  writer.u8(AFFINITY_RESULTS.indexOf(pick.affinity));
  writer.u8(pick.groupChoice === null ? 0 : GROUP_CHOICES.indexOf(pick.groupChoice) + 1);
  writer.u8(key === null ? 0 : PICK_KEYS.indexOf(key.by) + 1);
  const chosen = backend === null ? undefined : indexes.get(backend);
  writer.u8((chosen === undefined ? 0 : PickFlag.chosen) | (group === null ? 0 : PickFlag.group));
  if (group !== null) writer.text(group, DECISION_TEXTS.group);
  if (key !== null) {
    writer.text(key.name, DECISION_TEXTS.name);
    writer.u32At(writer.offset, key.hash);
    writer.offset += 4;
  }
  writer.f64(pick.bound);
  if (chosen !== undefined) writer.varint(chosen);
  const named = pick.named === null ? undefined : indexes.get(pick.named);
  writer.varint(named === undefined ? 0 : named + 1);
  const drawn = Math.min(pick.drawn.length, DECISION_LIMITS.drawn);
  writer.u8(drawn);
  for (let at = 0; at < drawn; at++) writer.varint(indexes.get(pick.drawn[at]!) ?? 0);
  const count = Math.min(candidates.length, DECISION_LIMITS.candidates);
  writer.u8(count);
  writer.varint(pick.others + candidates.length - count);
  for (let at = 0; at < count; at++) writeCandidate(writer, candidates[at]!);
}

function writeCandidate(writer: ByteWriter, candidate: CandidateDecision): void {
  const { score, turn, skipped } = candidate;
  writer.varint(indexes.get(candidate.backend)!);
  writer.u8(bitsOf(candidate.states, CANDIDATE_STATES));
  writer.u8(skipped === null ? 0 : SKIP_REASONS.indexOf(skipped) + 1);
  writer.u8((candidate.backup ? CandidateFlag.backup : 0) | (score === null ? 0 : CandidateFlag.score));
  writer.varint(candidate.inFlight);
  writer.varint(candidate.maxInFlight);
  writer.varint(candidate.weight);
  writer.varint(candidate.warmth);
  writer.varint(turn === null ? 0 : turn + 1);
  if (score !== null) writer.f64(score);
}

function bitsOf<T>(values: readonly T[], table: readonly T[]): number {
  let bits = 0;
  for (const value of values) bits |= 1 << table.indexOf(value);
  return bits;
}
