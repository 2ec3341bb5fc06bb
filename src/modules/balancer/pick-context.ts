import type { AffinityResult } from '../../common/contract/index.js';
import type { BackendRuntime } from './backend-runtime.js';
import type { PickTrace } from './trace/pick.trace.js';

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
  /** Where a service is split: the group of the last pick, empty before the first. */
  group: string;
  /** `Set-Cookie` value that keeps the client in its group; empty: none. */
  groupCookie: string;
  /** Whether it may be the trial of a half-open backend: its outcome is watched. */
  readonly takesTrials: boolean;
  /** Set when the attempt is the trial of a half-open backend. */
  isTrial: boolean;
  /** Where the pick leaves how it came about. */
  readonly trace: PickTrace;
  /** A header's value by lower-case name. */
  header(name: string): string | undefined;
}
