import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { BackendSnapshot, ServiceSnapshot } from '../../../common/contract/index.js';
import type { BackendPool } from '../backend-pools.js';
import { KEEP_ALIVE_MARGIN_MS, MAX_IDLE, tlsOptions } from '../upstream-connecting.js';

/** The connections to one backend. Node's agent does the pooling and follows the backend's `Keep-Alive` hint. */
export class UpstreamPool implements BackendPool {
  readonly agent: HttpAgent;

  constructor(settings: ServiceSnapshot, backend: BackendSnapshot) {
    const common = {
      keepAlive: true,
      maxFreeSockets: MAX_IDLE,
      timeout: settings.timeouts.upstreamIdleMs,
      agentKeepAliveTimeoutBuffer: KEEP_ALIVE_MARGIN_MS,
    };
    this.agent = backend.secure
      ? new HttpsAgent({ ...common, ...tlsOptions(settings, backend) })
      : new HttpAgent(common);
  }

  retire(): void {
    this.agent.maxFreeSockets = 0;
    for (const sockets of Object.values(this.agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  /** Closes everything. */
  destroy(): void {
    this.agent.destroy();
  }
}
