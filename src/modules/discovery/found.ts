import type { BackendInput } from '../../common/config/index.js';

/** A backend that a source has found. */
export interface FoundBackend {
  readonly service: string;
  /** Without `source` and `state`. */
  readonly backend: Omit<BackendInput, 'source' | 'state'>;
  /** Where exactly, for people: `container shop-1 (4fa1c2d3)`, `A record of shop.internal`. */
  readonly place: string;
}

/** A service that a source describes, for one that is not typed in. */
export interface FoundService {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly place: string;
}

/** What cannot be used of what was found: labels that conflict or do not parse, a broken line of a file. */
export interface DiscoveryProblem {
  readonly place: string;
  readonly message: string;
}

/** All that a source knows now. */
export interface Findings {
  readonly backends: readonly FoundBackend[];
  readonly services: readonly FoundService[];
  readonly problems: readonly DiscoveryProblem[];
}

/**
 * Finds backends and tells when they change. A source that is away keeps its last findings: what is not seen
 * for lack of an answer does not vanish.
 */
export interface DiscoverySource {
  /** Unique and stable, it is the `source` of its backends: `docker`, `dns:shop.internal`, `file:config/shop.yml`. */
  readonly name: string;
  /** Calls back with all that is known at each change, the first time as soon as anything is known. */
  start(found: (findings: Findings) => void): void;
  /** For people; empty: all is well. */
  problem(): string;
  stop(): Promise<void>;
}
