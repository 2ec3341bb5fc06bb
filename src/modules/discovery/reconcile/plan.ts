import type { BroughtBackend } from '../../../common/config/index.js';
import type { BackendChange, RegistryView } from '../../registry/index.js';
import type { Findings } from '../found.js';

/** A source as it is configured, with what it knows. */
export interface SourceState {
  /** The `source` of its backends. Two entries of a service may have the same one. */
  readonly name: string;
  /** The only service that it has backends for; null: any. */
  readonly service: string | null;
  /** null: it has not answered yet, so nothing of it has vanished. */
  readonly findings: Findings | null;
}

/** What a source may say of a backend beside its URL. */
export type FoundSettings = Omit<BroughtBackend, 'url'>;

export interface LostBackend {
  /** Unix milliseconds. */
  readonly since: number;
  /** Since when it takes nothing new, Unix milliseconds; null: it still serves. */
  readonly drainsSince: number | null;
  /** Discovery drained it, so discovery enables it when it is found again. false: the operator had taken it out before. */
  readonly isDrainedByUs: boolean;
}

/** `undecided`: no probe of it has ended yet. */
export type Fitness = 'available' | 'undecided' | 'out';

/** What is remembered between two looks, by backend id. */
export interface DiscoveryMemory {
  /** What the source said when that was last applied: only what differs from it is patched. */
  readonly applied: ReadonlyMap<string, FoundSettings>;
  readonly lost: ReadonlyMap<string, LostBackend>;
}

export const NO_MEMORY: DiscoveryMemory = { applied: new Map(), lost: new Map() };

export interface ReconcileInput {
  readonly sources: readonly SourceState[];
  readonly view: Pick<RegistryView, 'state' | 'services'>;
  readonly memory: DiscoveryMemory;
  /** false: another balancer writes, and has applied what this one sees for the first time. */
  readonly isWriter: boolean;
  /** Unix milliseconds. */
  readonly now: number;
  readonly fitnessOf: (backend: string) => Fitness;
  /** Whether a backend that drains may be removed. */
  readonly isDrained: (backend: string, sinceMs: number) => boolean;
  /** Why a unit was refused when it was last tried as it is now; empty: it was not. */
  readonly refusalOf: (unit: ChangeUnit) => string;
}

/** Changes that only make sense together, and what they are about. */
export interface ChangeUnit {
  readonly kind: 'service' | 'found' | 'moved' | 'returned' | 'changed' | 'lost' | 'removed';
  /** The source on whose behalf. */
  readonly source: string;
  readonly service: string;
  /** Empty: the service itself. */
  readonly url: string;
  /** Backend id; null: the service itself. */
  readonly backend: string | null;
  readonly place: string;
  /** What the source says, to be remembered as applied when the changes are stored; null: nothing is. */
  readonly settings: FoundSettings | null;
  readonly changes: readonly BackendChange[];
}

/** What became of a finding, or of a backend that is found no more. */
export interface FindingOutcome {
  readonly source: string;
  readonly service: string;
  readonly url: string;
  readonly place: string;
  /** Backend id; null: it is none. */
  readonly backend: string | null;
  readonly status: 'added' | 'conflict' | 'draining' | 'refused';
  /** For people; empty: nothing to say. */
  readonly detail: string;
}

export interface ReconcilePlan {
  readonly units: readonly ChangeUnit[];
  readonly outcomes: readonly FindingOutcome[];
  readonly memory: DiscoveryMemory;
  /** Some backend waits until it may be removed: look again soon. */
  readonly isDraining: boolean;
}
