import type { AffinityResult } from '../affinity-results.js';
import type { CircuitStateName } from '../outages/circuit.js';
import type { RateLimitKey } from '../rate-limit.js';
import type { AlgorithmName } from '../snapshot.js';

/** Why the decision of an exchange is kept; the first that is true. The order is the wire code: append only. */
export const DECISION_CAUSES = ['drop', 'fallback', 'error', 'retry', 'slow', 'sample', 'asked'] as const;
export type DecisionCause = (typeof DECISION_CAUSES)[number];

/** What a pick was for. Append only. `again`: the exchange had waited for a backend, or another service took it over. */
export const PICK_KINDS = ['first', 'retry', 'hedge', 'again'] as const;
export type PickKind = (typeof PICK_KINDS)[number];

/**
 * The rule that settled a pick. Append only.
 *
 * - `none`: nobody could be picked.
 * - `trial`: a backend whose breaker is half-open was given its trial, before the algorithm was asked.
 * - `turn`: whose turn it was.
 * - `least`: the least in flight per weight; of equal ones whose turn came first.
 * - `draw`: drawn at random by weight.
 * - `two`: the better one of two that were drawn by weight.
 * - `hash`: the best score for the key.
 * - `affinity`: the client's cookie names it.
 */
export const PICK_RULES = ['none', 'trial', 'turn', 'least', 'draw', 'two', 'hash', 'affinity'] as const;
export type PickRule = (typeof PICK_RULES)[number];

/**
 * Why a candidate was not picked. Append only.
 *
 * - `out`: out of rotation; `states` say why.
 * - `no_weight`: its weight is 0.
 * - `backup`: a backup, and others are there.
 * - `full`: it runs as many exchanges as its `maxInFlight`.
 * - `tried`: this exchange has tried it.
 * - `bound`: it has more than its share in flight (`boundedLoad`).
 * - `not_drawn`: chance drew others.
 * - `lost`: another one was better, or its turn came sooner.
 * - `other_group`: the exchange went to another group of the split.
 * - `trial_elsewhere`: a trial came first.
 * - `behind`: others waited already, so that nobody was asked.
 */
export const SKIP_REASONS = [
  'out',
  'no_weight',
  'backup',
  'full',
  'tried',
  'bound',
  'not_drawn',
  'lost',
  'other_group',
  'trial_elsewhere',
  'behind',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What keeps a backend out: bits of its state, in the order of the bits. The half-open breaker comes last. Append only. */
export const CANDIDATE_STATES = [
  'unknown',
  'unhealthy',
  'draining',
  'disabled',
  'removed',
  'ejected',
  'breaker-open',
  'breaker-half-open',
] as const;
export type CandidateState = (typeof CANDIDATE_STATES)[number];

/** How a group of a split service was found. Append only. `open`: all of the service was picked from. */
export const GROUP_CHOICES = ['header', 'cookie', 'share', 'retry', 'open'] as const;
export type GroupChoice = (typeof GROUP_CHOICES)[number];

/** What of a request a consistent hash or an affinity goes by. Append only. */
export const PICK_KEYS = ['client', 'url', 'header', 'cookie'] as const;
export type PickKey = (typeof PICK_KEYS)[number];

/** What the lists of addresses and bans said, where they said anything. Append only. */
export const BLOCK_VERDICTS = ['allowed', 'blocked', 'shadow'] as const;
export type BlockVerdict = (typeof BLOCK_VERDICTS)[number];
/** Who said it: the lists of the configuration, a ban, or the service's own lists. Append only. */
export const BLOCK_SOURCES = ['lists', 'bans', 'service'] as const;
export type BlockSource = (typeof BLOCK_SOURCES)[number];

/** Where an exchange waited. Append only. */
export const QUEUE_PLACES = ['permit', 'backend', 'hold', 'shared-limits'] as const;
export type QueuePlace = (typeof QUEUE_PLACES)[number];

/**
 * Why an exchange went the way it went, as it was when it was decided. Plain data. Kept for drops, errors, retries, slow
 * exchanges and a share of the others. Bounded: {@link DECISION_LIMITS}.
 */
export interface DecisionRecord {
  readonly cause: DecisionCause;
  /** null: no route was found, or it was not looked for. */
  readonly route: RouteDecision | null;
  /** null: no list and no ban says anything of the client. */
  readonly block: BlockDecision | null;
  /** Rate limits that it was counted against, in the order they were asked; the last one may have refused it. */
  readonly limits: readonly LimitDecision[];
  /** The last place it waited at; null: it did not wait. */
  readonly queue: QueueDecision | null;
  /** Breaker of the service as a whole; null: it has none. */
  readonly breaker: CircuitStateName | null;
  /** null: no further try was asked for. */
  readonly retryBudget: RetryBudgetDecision | null;
  /** In the order they were made. */
  readonly picks: readonly PickDecision[];
  /** Picks beyond those. */
  readonly morePicks: number;
}

export interface RouteDecision {
  readonly service: string;
  /** The host entry that matched, such as `*.example.com`; empty: the service takes any host. */
  readonly host: string;
  /** The path prefix that matched. */
  readonly path: string;
}

export interface BlockDecision {
  readonly verdict: BlockVerdict;
  readonly source: BlockSource;
}

/** One rate limit that applied. What it counted apart is told by `by` and the record's own client, method and path. */
export interface LimitDecision {
  readonly rule: string;
  /** Service that it belongs to; empty: it holds for all services. */
  readonly service: string;
  /** Empty: all exchanges share one allowance. */
  readonly by: readonly RateLimitKey[];
  /** Name of the header that is counted by; empty: none. */
  readonly header: string;
  /** Method that it is for; empty: any. */
  readonly method: string;
  /** Pattern of paths that it is for; empty: any. */
  readonly path: string;
  /** Exchanges per `windowMs` in the long run, and at once. */
  readonly limit: number;
  readonly windowMs: number;
  readonly burst: number;
  readonly allowed: boolean;
  /** Exchanges that could have followed at once, in this balancer's count. */
  readonly remaining: number;
  /** Milliseconds until the next one would be admitted; 0: at once. */
  readonly waitMs: number;
  readonly shadow: boolean;
  /** Counted over several balancers. */
  readonly shared: boolean;
}

export interface QueueDecision {
  readonly place: QueuePlace;
  /** Exchanges of the service that waited when it came, over all workers, without itself. */
  readonly ahead: number;
  /** Places that the queue has. */
  readonly size: number;
  /** Over all places, until it went on or the exchange was over. */
  readonly waitedUs: number;
}

export interface RetryBudgetDecision {
  /** Whether the last further try that was asked for was granted. */
  readonly granted: boolean;
  /** Share of the requests that may be tried again, percent. */
  readonly percent: number;
  readonly minPerSecond: number;
}

export interface PickDecision {
  readonly kind: PickKind;
  readonly algorithm: AlgorithmName;
  readonly rule: PickRule;
  /** Group that was picked from; null: the service is not split, or has no group with a backend. */
  readonly group: string | null;
  /** null: the service is not split. */
  readonly groupChoice: GroupChoice | null;
  /** What the algorithm goes by; null: by nothing of the request. */
  readonly key: PickKeyDecision | null;
  readonly affinity: AffinityResult;
  /** Id of the backend; null: none could be picked. */
  readonly backend: string | null;
  /** Id of the backend that the client's affinity cookie names, in rotation or not; null: none. */
  readonly named: string | null;
  /** Ids of those that chance drew, in that order. */
  readonly drawn: readonly string[];
  /**
   * Most in flight per weight with which a backend is still within its bound (`boundedLoad`); 0: there is no bound, or all
   * that were left were at theirs.
   */
  readonly bound: number;
  /** In the order of the configuration. Of many those that mattered: picked, drawn, in rotation, and some that are out. */
  readonly candidates: readonly CandidateDecision[];
  /** Backends of the service beyond those. */
  readonly others: number;
}

/** The value itself may be a secret, and is what the record has as client, path or query otherwise. */
export interface PickKeyDecision {
  readonly by: PickKey;
  /** Name of the header or cookie; empty: neither. */
  readonly name: string;
  /** Hash of the value, signed 32 bits; 0 for a cookie. */
  readonly hash: number;
}

export interface CandidateDecision {
  /** Id. */
  readonly backend: string;
  readonly url: string;
  /** Empty: nothing keeps it out. */
  readonly states: readonly CandidateState[];
  readonly inFlight: number;
  /** 0: no limit. */
  readonly maxInFlight: number;
  /** As it counted: during a slow start of anybody in tenths. */
  readonly weight: number;
  /** Slow start: 1 to 10 tenths of its weight; 0: it is not in rotation. */
  readonly warmth: number;
  readonly backup: boolean;
  /** Turns until its own, 0 being the one that was taken; null: the rule knows no turns, or it is too far away. */
  readonly turn: number | null;
  /**
   * What the rule compared, least is best: in flight per weight; expected microseconds per weight; the hash's score.
   * null: it was not compared.
   */
  readonly score: number | null;
  /** null: it was picked. */
  readonly skipped: SkipReason | null;
}

/** What a record holds at most. */
export const DECISION_LIMITS = { picks: 8, candidates: 32, limits: 8, drawn: 2 } as const;
