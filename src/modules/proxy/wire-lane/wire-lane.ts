import type { Balancer } from '../../balancer/index.js';
import { DeadlineTicker } from '../deadline.ticker.js';
import type { Pipeline } from '../pipeline.js';
import { ReadBuffers } from './read-buffers.js';
import { BackendPools } from '../backend-pools.js';
import { UpstreamPool } from './upstream.pool.js';
import type { SessionConnection } from './relayed-exchange.js';
import type { RequestLimits } from './request-head.js';
import type { SessionPool } from './wire-connection.js';
import type { WireServices } from './wire-services.js';
import { WireSession } from './wire-session.js';

/** Sessions that are kept for the next exchange. */
const MAX_SPARE_SESSIONS = 256;
/** How exactly idle connections to backends are closed in time. */
const IDLE_RESOLUTION_MS = 250;

/** Sessions, so that an exchange makes none of its own. */
class SpareSessions implements SessionPool {
  private readonly spare: WireSession[] = [];

  constructor(private readonly services: WireServices) {}

  take(connection: SessionConnection): WireSession {
    const session = this.spare.pop() ?? new WireSession(this.services);
    session.open(connection);
    return session;
  }

  give(session: WireSession): void {
    if (this.spare.length < MAX_SPARE_SESSIONS) this.spare.push(session);
  }
}

/** The fast lane: our own strict relay of HTTP/1.1 over `node:net`. */
export class WireLane {
  readonly ticker = new DeadlineTicker();
  readonly buffers = new ReadBuffers();
  private readonly idleTicker = new DeadlineTicker(IDLE_RESOLUTION_MS);
  private readonly pools = new BackendPools(
    (service, backend) =>
      new UpstreamPool({ ticker: this.idleTicker, buffers: this.buffers }, service, backend),
  );

  constructor(
    private readonly pipeline: Pipeline,
    balancer: Balancer,
  ) {
    balancer.onBackendsRemoved((removed) => this.pools.remove(removed));
  }

  /** Sessions for the connections of a listener, made for its limits. */
  sessionsFor(limits: RequestLimits): SessionPool {
    const { pipeline, ticker, pools } = this;
    return new SpareSessions({ pipeline, ticker, pools, limits });
  }

  /** Closes what is left: the connections to backends. */
  close(): void {
    this.ticker.close();
    this.pools.close();
    this.idleTicker.close();
  }
}
