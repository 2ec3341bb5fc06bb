/** Answers of the admin API to which no resource of `src/modules/admin` is imported by type. */
import type { Guard } from '../../modules/registry/index.js';

/** A change that was taken. */
export interface Applied {
  readonly revision: number;
  readonly changes: readonly string[];
  /** null: it stays, whatever comes. */
  readonly guard: Guard | null;
  readonly notices: readonly string[];
}

/** In what two revisions differ. */
export interface RevisionDifference {
  readonly from: number;
  readonly to: number;
  readonly changes: readonly string[];
  /** Unified diff of the YAML. */
  readonly patch: string;
}
