import type { ErrorIssue } from '../../../src/common/errors/index.js';

/** A body of the admin API that must be refused, with everything that must be said about it. */
export interface BrokenBody {
  readonly story: string;
  /** A whole service, a whole backend, or a change of a backend. */
  readonly kind: 'service' | 'backend' | 'patch';
  readonly body: unknown;
  /** All of them, in order; paths relative to the body. */
  readonly issues: readonly ErrorIssue[];
}
