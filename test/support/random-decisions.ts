import {
  AFFINITY_RESULTS,
  ALGORITHM_NAMES,
  BLOCK_SOURCES,
  BLOCK_VERDICTS,
  CANDIDATE_STATES,
  type CandidateDecision,
  CIRCUIT_STATE_NAMES,
  DECISION_CAUSES,
  type DecisionRecord,
  GROUP_CHOICES,
  type LimitDecision,
  PICK_KEYS,
  PICK_KINDS,
  PICK_RULES,
  type PickDecision,
  QUEUE_PLACES,
  RATE_LIMIT_KEYS,
  SKIP_REASONS,
} from '../../src/common/contract/index.js';

/** Where the values come from. */
interface RandomValues {
  integer(below: number): number;
  one<T>(values: readonly T[]): T;
  hex(digits: number): string;
  count(): number;
}

const MOST = Number.MAX_SAFE_INTEGER;

/** Decisions that use every field and mean nothing. */
export class RandomDecisions {
  constructor(private readonly random: RandomValues) {}

  decision(): DecisionRecord {
    const { random } = this;
    return {
      cause: random.one(DECISION_CAUSES),
      route: random.one([null, { service: 'shop', host: '*.shop.test', path: '/cart' }]),
      block: random.one([null, { verdict: random.one(BLOCK_VERDICTS), source: random.one(BLOCK_SOURCES) }]),
      limits: this.some(3, () => this.limit()),
      queue: random.one([
        null,
        { place: random.one(QUEUE_PLACES), ahead: random.integer(9), size: 100, waitedUs: random.count() },
      ]),
      breaker: random.one([null, ...CIRCUIT_STATE_NAMES]),
      retryBudget: random.one([null, { granted: random.one([true, false]), percent: 20, minPerSecond: 3 }]),
      picks: this.some(4, () => this.pick()),
      morePicks: random.integer(3),
    };
  }

  /** More than a record holds, all of it as long as it may be. */
  longest(): DecisionRecord {
    const text = 'é'.repeat(2_000);
    const texts = { rule: text, service: text, header: text, method: text, path: text };
    const numbers = { limit: MOST, windowMs: MOST, burst: MOST, remaining: MOST, waitMs: MOST };
    const candidates = () =>
      Array.from({ length: 40 }, () => ({ ...this.candidate(), url: text, inFlight: MOST, score: 1 }));
    const pick = () => ({
      ...this.pick(),
      group: text,
      key: { by: 'header', name: text, hash: -1 } as const,
      backend: null,
      named: null,
      drawn: [],
      candidates: candidates(),
    });
    return {
      ...this.decision(),
      route: { service: text, host: text, path: text },
      queue: { place: 'hold', ahead: MOST, size: MOST, waitedUs: MOST },
      limits: Array.from({ length: 12 }, () => ({ ...this.limit(), ...texts, ...numbers })),
      picks: Array.from({ length: 12 }, pick),
    };
  }

  /** A whole pick: `candidates` have one URL per id. */
  pick(): PickDecision {
    const { random } = this;
    const candidates = this.some(5, () => this.candidate());
    const backend = candidates[0]?.backend ?? null;
    return {
      kind: random.one(PICK_KINDS),
      algorithm: random.one(ALGORITHM_NAMES),
      rule: random.one(PICK_RULES),
      group: random.one([null, 'canary']),
      groupChoice: random.one([null, ...GROUP_CHOICES]),
      key: random.one([
        null,
        { by: random.one(PICK_KEYS), name: 'x-tenant', hash: -random.integer(2 ** 31) | 0 },
      ]),
      affinity: random.one(AFFINITY_RESULTS),
      backend,
      named: random.one([null, backend]),
      drawn: candidates.slice(0, random.integer(3)).map(({ backend: id }) => id),
      bound: random.one([0, 1.25, random.integer(1_000) / 7]),
      candidates,
      others: random.integer(1_000),
    };
  }

  limit(): LimitDecision {
    const { random } = this;
    return {
      rule: 'per-client',
      service: random.one(['', 'shop']),
      by: RATE_LIMIT_KEYS.filter(() => random.integer(2) === 0),
      header: random.one(['', 'x-api-key']),
      method: random.one(['', 'POST']),
      path: random.one(['', '/login']),
      limit: random.integer(1_000),
      windowMs: 60_000,
      burst: random.integer(50),
      allowed: random.one([true, false]),
      remaining: random.integer(50),
      waitMs: random.integer(60_000),
      shadow: random.one([true, false]),
      shared: random.one([true, false]),
    };
  }

  candidate(): CandidateDecision {
    const { random } = this;
    const backend = random.hex(16);
    return {
      backend,
      url: `http://${backend}.test:8080`,
      states: CANDIDATE_STATES.filter(() => random.integer(4) === 0),
      inFlight: random.integer(2 ** 31),
      maxInFlight: random.integer(100),
      weight: random.integer(10_001),
      warmth: random.integer(11),
      backup: random.one([true, false]),
      turn: random.one([null, 0, random.integer(65_536)]),
      score: random.one([null, 0, random.integer(1_000) / 3]),
      skipped: random.one([null, ...SKIP_REASONS]),
    };
  }

  private some<T>(below: number, make: () => T): T[] {
    return Array.from({ length: this.random.integer(below) }, make);
  }
}
