import type { AlgorithmName, DropReason } from '../../../common/contract/index.js';

/** One of the exchanges of a group. */
export interface ReplayExample {
  readonly method: string;
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly requestId: string;
}

interface Group {
  readonly count: number;
  /** The first three. */
  readonly examples: readonly ReplayExample[];
}

/** Exchanges that another service will serve. */
export interface MovedExchanges extends Group {
  readonly from: string;
  readonly to: string;
}

/** Exchanges that would be refused and were not. */
export interface NewlyDropped extends Group {
  readonly reason: DropReason;
  /** Service that serves them now. */
  readonly from: string;
  /** Service that would refuse them; null: none serves their host and path. */
  readonly to: string | null;
}

/** Exchanges that are refused now and would be served. */
export interface NoLongerDropped extends Group {
  readonly reason: DropReason;
  /** Service that refuses them now; null: none serves their host and path. */
  readonly from: string | null;
  /** Service that would serve them. */
  readonly to: string;
}

/** A refusal: its reason, and the service that refuses; null: none was found. */
export interface Refusal {
  readonly reason: DropReason;
  readonly service: string | null;
}

/** Exchanges that are refused either way, for another reason or by another service. */
export interface DroppedOtherwise extends Group {
  readonly from: Refusal;
  readonly to: Refusal;
}

/** What the records do not tell. */
export interface Undecided {
  /** `outcome`: whether they are served, and by which service: they are in no other group. `backend`: only which backend. */
  readonly what: 'outcome' | 'backend';
  readonly count: number;
  readonly why: string;
}

/** How the exchanges of a service spread over its backends, where its algorithm goes by a recorded key. */
export interface BackendShares {
  readonly service: string;
  readonly algorithm: AlgorithmName;
  /** Exchanges of which another backend will serve the same key. */
  readonly reassigned: number;
  readonly backends: readonly {
    readonly id: string;
    readonly url: string;
    /** Exchanges it gets now; null: the present algorithm does not go by a key. */
    readonly before: number | null;
    readonly after: number;
  }[];
}

/** What a proposed configuration makes of recorded exchanges. total = unchanged + the counts of all groups. */
export interface ReplayReport {
  readonly total: number;
  /** Unix milliseconds of the oldest and newest exchange; 0: there were none. */
  readonly from: number;
  readonly to: number;
  readonly unchanged: number;
  readonly moved: readonly MovedExchanges[];
  readonly newlyDropped: readonly NewlyDropped[];
  readonly noLongerDropped: readonly NoLongerDropped[];
  readonly droppedOtherwise: readonly DroppedOtherwise[];
  /** Of those newly dropped: by a rate limit. */
  readonly limited: number;
  readonly undecided: readonly Undecided[];
  readonly shares: readonly BackendShares[];
  /** Backends that were taken for healthy though no probe has said so here. */
  readonly assumedHealthy: number;
  readonly durationMs: number;
}
