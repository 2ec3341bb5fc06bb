import type { ServiceConfig } from '../../common/config/index.js';
import type { DesiredState } from './desired-state.js';
import type { Revision, RevisionOrigin } from './registry-store.js';

/** Who changes something, why, and on which condition. */
export interface Change {
  readonly author: string;
  /** Why, in the author's words. Default: nothing is said. */
  readonly note?: string;
  /** Default `api`. */
  readonly origin?: RevisionOrigin;
  /**
   * Entity tags (without quotes) of which the changed resource must have one at the moment of the change; `*`: it must
   * exist. Absent: no condition.
   */
  readonly ifMatch?: readonly string[];
}

/**
 * How a proposed state is taken. `merge`: as a saved file, what changed in it since the file was last applied goes on
 * top, and it becomes the applied file. `replace`: the state becomes exactly this one, the applied file stays.
 */
export type ApplyMode = 'merge' | 'replace';

/** A state that somebody proposes. */
export type Proposed =
  { readonly desired: DesiredState; readonly mode: ApplyMode } | { readonly rollback: number };

/** What a proposal would lead to: valid, and nothing of it is stored. */
export interface Preview {
  /** On which revision it would be made. */
  readonly base: Revision;
  readonly state: DesiredState;
  /** Defaults filled in; services that stay as they are, are the same objects as in the current view. */
  readonly services: readonly ServiceConfig[];
  /** All of them, one line each. */
  readonly changes: readonly string[];
}
