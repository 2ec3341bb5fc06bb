import { AFFINITY_RESULTS } from '../affinity-results.js';
import { type ByteReader, ByteReadError } from '../byte.reader.js';
import { CIRCUIT_STATE_NAMES } from '../outages/circuit.js';
import { RATE_LIMIT_KEYS } from '../rate-limit.js';
import { ALGORITHM_NAMES } from '../snapshot.js';
import { CandidateFlag, LimitFlag, PickFlag } from './decision.codec.js';
import {
  BLOCK_SOURCES,
  BLOCK_VERDICTS,
  type BlockDecision,
  CANDIDATE_STATES,
  type CandidateDecision,
  DECISION_CAUSES,
  type DecisionRecord,
  GROUP_CHOICES,
  type LimitDecision,
  PICK_KEYS,
  PICK_KINDS,
  PICK_RULES,
  type PickDecision,
  type PickKeyDecision,
  QUEUE_PLACES,
  SKIP_REASONS,
} from './decision-record.js';

interface NamedBackend {
  readonly backend: string;
  readonly url: string;
}

/** Reads what `writeDecision` wrote; throws ByteReadError for what it cannot have written. */
export function readDecision(reader: ByteReader): DecisionRecord | null {
  const cause = reader.u8();
  if (cause === 0) return null;
  const [breaker, place, budget, block, hasRoute] = [
    reader.u8(),
    reader.u8(),
    reader.u8(),
    reader.u8(),
    reader.u8(),
  ];
  const route = hasRoute === 0 ? null : { service: reader.text(), host: reader.text(), path: reader.text() };
  const queue =
    place === 0
      ? null
      : {
          place: known(QUEUE_PLACES, place - 1),
          ahead: reader.varint(),
          size: reader.varint(),
          waitedUs: reader.varint(),
        };
  const retryBudget =
    budget === 0 ? null : { granted: budget === 2, percent: reader.varint(), minPerSecond: reader.varint() };
  const limits = Array.from({ length: reader.u8() }, () => readLimit(reader));
  return {
    cause: known(DECISION_CAUSES, cause - 1),
    route,
    block: readBlock(block),
    limits,
    queue,
    breaker: breaker === 0 ? null : known(CIRCUIT_STATE_NAMES, breaker - 1),
    retryBudget,
    ...readPicks(reader),
  };
}

function readBlock(code: number): BlockDecision | null {
  if (code === 0) return null;
  return { verdict: known(BLOCK_VERDICTS, (code - 1) & 3), source: known(BLOCK_SOURCES, (code - 1) >> 2) };
}

/** An object literal is evaluated in the order it is written in; so are the others here. */
function readLimit(reader: ByteReader): LimitDecision {
  const texts = {
    rule: reader.text(),
    service: reader.text(),
    header: reader.text(),
    method: reader.text(),
    path: reader.text(),
  };
  const by = namesOf(reader.u8(), RATE_LIMIT_KEYS);
  const flags = reader.u8();
  return {
    ...texts,
    by,
    allowed: (flags & LimitFlag.allowed) !== 0,
    shadow: (flags & LimitFlag.shadow) !== 0,
    shared: (flags & LimitFlag.shared) !== 0,
    limit: reader.varint(),
    windowMs: reader.varint(),
    burst: reader.varint(),
    remaining: reader.varint(),
    waitMs: reader.varint(),
  };
}

function readPicks(reader: ByteReader): Pick<DecisionRecord, 'picks' | 'morePicks'> {
  const backends: NamedBackend[] = [];
  for (let left = reader.varint(); left > 0; left--) {
    backends.push({ backend: reader.hex(8), url: reader.text() });
  }
  const count = reader.u8();
  const morePicks = reader.varint();
  return { picks: Array.from({ length: count }, () => readPick(reader, backends)), morePicks };
}

function readPick(reader: ByteReader, backends: readonly NamedBackend[]): PickDecision {
  const head = {
    kind: known(PICK_KINDS, reader.u8()),
    algorithm: known(ALGORITHM_NAMES, reader.u8()),
    rule: known(PICK_RULES, reader.u8()),
    affinity: known(AFFINITY_RESULTS, reader.u8()),
  };
  const choice = reader.u8();
  const by = reader.u8();
  const flags = reader.u8();
  const group = flags & PickFlag.group ? reader.text() : null;
  const key = by === 0 ? null : readKey(reader, by);
  const bound = reader.f64();
  const backend = flags & PickFlag.chosen ? known(backends, reader.varint()).backend : null;
  const named = reader.varint();
  const drawn = Array.from({ length: reader.u8() }, () => known(backends, reader.varint()).backend);
  const count = reader.u8();
  const others = reader.varint();
  return {
    ...head,
    group,
    groupChoice: choice === 0 ? null : known(GROUP_CHOICES, choice - 1),
    key,
    backend,
    named: named === 0 ? null : known(backends, named - 1).backend,
    drawn,
    bound,
    candidates: Array.from({ length: count }, () => readCandidate(reader, backends)),
    others,
  };
}

function readKey(reader: ByteReader, by: number): PickKeyDecision {
  return { by: known(PICK_KEYS, by - 1), name: reader.text(), hash: reader.u32() | 0 };
}

function readCandidate(reader: ByteReader, backends: readonly NamedBackend[]): CandidateDecision {
  const { backend, url } = known(backends, reader.varint());
  const states = namesOf(reader.u8(), CANDIDATE_STATES);
  const skipped = reader.u8();
  const flags = reader.u8();
  const numbers = {
    inFlight: reader.varint(),
    maxInFlight: reader.varint(),
    weight: reader.varint(),
    warmth: reader.varint(),
  };
  const turn = reader.varint();
  return {
    backend,
    url,
    states,
    ...numbers,
    backup: (flags & CandidateFlag.backup) !== 0,
    turn: turn === 0 ? null : turn - 1,
    score: flags & CandidateFlag.score ? reader.f64() : null,
    skipped: skipped === 0 ? null : known(SKIP_REASONS, skipped - 1),
  };
}

function namesOf<T>(bits: number, table: readonly T[]): T[] {
  return table.filter((_, index) => bits & (1 << index));
}

function known<T>(table: readonly T[], index: number): T {
  const value = table[index];
  if (value === undefined) throw new ByteReadError(`unknown code ${index} in a decision`);
  return value;
}
