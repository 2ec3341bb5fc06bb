import type { DeadlineTicker } from '../deadline.ticker.js';
import type { Pipeline } from '../pipeline.js';
import type { RequestLimits } from './request-head.js';
import type { BackendPools } from '../backend-pools.js';
import type { UpstreamPool } from './upstream.pool.js';

/** What the sessions of one listener use of its lane. */
export interface WireServices {
  readonly pipeline: Pipeline;
  readonly ticker: DeadlineTicker;
  readonly pools: BackendPools<UpstreamPool>;
  /** What the listener takes of a request. */
  readonly limits: RequestLimits;
}
