import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { DeadlineTicker } from '../deadline.ticker.js';
import type { Pipeline } from '../pipeline.js';
import type { ForwardedAttempt } from './forwarder.js';
import type { BackendPools } from '../backend-pools.js';
import type { UpstreamPool } from './upstream-pool.js';

/** What the sessions of the HTTP lane use of it. */
export interface LaneServices {
  readonly pipeline: Pipeline;
  readonly ticker: DeadlineTicker;
  readonly pools: BackendPools<UpstreamPool>;
  /** Makes the upstream request of an attempt, once the library is loaded. */
  forward(attempt: ForwardedAttempt, request: IncomingMessage, response: ServerResponse): void;
  /** The same for an upgrade. `early`: what the client sent behind its head; null: a former attempt has taken it. */
  upgradeWith(
    attempt: ForwardedAttempt,
    request: IncomingMessage,
    socket: Socket,
    early: Buffer | null,
  ): void;
}
