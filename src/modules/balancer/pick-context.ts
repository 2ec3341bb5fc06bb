import type { AffinityResult } from '../../common/contract/index.js';
import type { BackendRuntime } from './backend-runtime.js';

/** What an algorithm may look at, and where affinity leaves its result. */
export interface PickContext {
  /** Client address after `trustedProxies`. */
  readonly client: string;
  /** Raw path without query. */
  readonly path: string;
  readonly query: string;
  /** Backends to avoid because this exchange failed there already. */
  readonly tried: readonly BackendRuntime[];
  affinity: AffinityResult;
  affinityCookie: string;
  /** Set when the attempt is the trial of a half-open backend. */
  isTrial: boolean;
  /** A header's value by lower-case name. */
  header(name: string): string | undefined;
}
