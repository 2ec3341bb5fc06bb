import type { DesiredState } from './desired-state.js';

/** Where a change came from. */
export const REVISION_ORIGINS = ['file', 'api', 'discovery', 'autoscaler', 'system'] as const;
export type RevisionOrigin = (typeof REVISION_ORIGINS)[number];

/** One saved version of the whole desired state. */
export interface Revision {
  /** Starts at 1, without gaps. */
  readonly number: number;
  /** Unix milliseconds. */
  readonly time: number;
  readonly origin: RevisionOrigin;
  /** A person or program, as far as known; `config/velocity.yml` for the file. */
  readonly author: string;
  /** Why, in the author's words; empty: nothing was said. */
  readonly note: string;
  /** Number of the revision whose state this one brought back; 0: none. */
  readonly restores: number;
  /** What changed, one line per change, such as `backend http://10.0.0.7:8080 of shop: weight 1 -> 3`. */
  readonly changes: readonly string[];
}

/** On which terms a guarded change stays. */
export interface GuardTerms {
  /** Unix milliseconds: what is not confirmed until then is taken back. */
  readonly deadline: number;
  /** `manual`: somebody must confirm until the deadline. `auto`: it stays when traffic did not worsen until then. */
  readonly confirmation: 'manual' | 'auto';
  /** By how much the share of responses with 5xx may grow, 0 to 1. */
  readonly maxErrorIncrease: number;
  /** How many times as long the 99th percentile of latency may become. */
  readonly maxLatencyFactor: number;
}

/** A change that is taken back unless it proves itself. Stored with its revision, so that it outlives a balancer. */
export interface Guard extends GuardTerms {
  /** Number of the guarded revision. */
  readonly revision: number;
  /** Number of the revision before it, to which it is taken back. */
  readonly previous: number;
  readonly author: string;
  /** The change merged a file: that one stays the applied file when the change is taken back. */
  readonly isFile: boolean;
}

/** What the store holds. */
export interface StoredRegistry {
  readonly revision: Revision;
  readonly state: DesiredState;
  /** The file as it was when last applied: the base of the three-way merge. null: no file was applied yet. */
  readonly appliedFile: DesiredState | null;
  /** Hex secret that signs affinity cookies, made with the first revision. */
  readonly affinitySecret: string;
  /** null: no change is under guard. */
  readonly guard: Guard | null;
  /** Where the kept contents stand. null: the stored revision has none, it was made before there were any. */
  readonly chain: ContentChain | null;
}

/**
 * The state of one revision, kept so that it can be shown and brought back: whole, or as the difference to the one
 * before it. docs/decisions/0009-revision-contents.md has the format.
 */
export interface RevisionContent {
  /** Of the revision. */
  readonly number: number;
  /** How `parts` are to be read; above CONTENT_FORMAT: a newer Velocity wrote them. */
  readonly format: number;
  /** Number of the whole content on which the differences up to this one rest; its own number: this one is whole. */
  readonly start: number;
  /** Hex digest of the state. */
  readonly digest: string;
  /** Compressed, at most 8 MiB each. */
  readonly parts: readonly Uint8Array[];
}

/** What must be known of the newest content to decide whether the next one may be a difference. */
export interface ContentChain {
  /** Number, format and start of the newest content. */
  readonly number: number;
  readonly format: number;
  readonly start: number;
  /** Compressed size of the whole content at `start`. */
  readonly wholeBytes: number;
  /** Of all differences since, together. */
  readonly differenceBytes: number;
}

/** A change of the whole state, described so that a store can write just the difference. */
export interface RegistryCommit {
  /** The revision number that this change was made on; 0: the store was empty. */
  readonly expected: number;
  readonly next: StoredRegistry;
  readonly content: RevisionContent;
  /** Names of services that are new or different. */
  readonly upserted: readonly string[];
  /** Names of services that are gone. */
  readonly removed: readonly string[];
}

/**
 * Keeps the desired state and how it came to be. All calls reject with STORE_UNAVAILABLE when the store is away.
 * `commit` is atomic: afterwards `load` answers either the old or the new state, never a mixture, also after a crash;
 * it rejects with REVISION_CONFLICT when the stored revision is not `expected`.
 */
export interface RegistryStore {
  load(): Promise<StoredRegistry | null>;
  commit(commit: RegistryCommit): Promise<void>;
  /**
   * Calls back, within a second where the store is reachable, when another process stored a revision that this one has
   * neither read nor written; with its number. Several in short time may be told as one. Returns what ends it.
   */
  watch(onRevision: (revision: number) => void): () => void;
  /** Newest first, those below `before` when given. */
  revisions(limit: number, before?: number): Promise<readonly Revision[]>;
  /** null: there is none with this number (any more). */
  revision(number: number): Promise<Revision | null>;
  /** What is needed to read the content of a revision: from the whole one at its `start` on, in order. Empty: it has none. */
  contents(number: number): Promise<readonly RevisionContent[]>;
}

export type StoreState = 'connected' | 'connecting' | 'away' | 'closed';

/** Life and fitness of the store as a whole. */
export interface StoreConnection {
  readonly driver: 'sqlite' | 'mongodb';
  /** Starts connecting, goes on in the background with backoff; resolves after the first success or failure. */
  open(): Promise<void>;
  close(): Promise<void>;
  /** A real round trip. Rejects with STORE_UNAVAILABLE, at the latest after the deadline. */
  ping(deadlineMs: number): Promise<void>;
  status(): StoreStatus;
  /** Calls back at each change of `status().state`. */
  onChange(listener: (status: StoreStatus) => void): void;
}

export interface StoreStatus {
  readonly state: StoreState;
  /** Unix milliseconds of the last change of state. */
  readonly since: number;
  /** Why the store is away; empty otherwise. */
  readonly error: string;
}

export const REGISTRY_STORE = Symbol('RegistryStore');
export const STORE_CONNECTION = Symbol('StoreConnection');
